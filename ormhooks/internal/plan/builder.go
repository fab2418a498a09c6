package plan

// A builder puts a Text together.
type builder struct {
	text Text
	edge bool // an edit begins or ends here
}

// sql appends literal SQL, joined with what stands before it.
func (b *builder) sql(s string) {
	if s == "" {
		return
	}
	if b.edge && b.glues(s[0]) {
		s = " " + s
	}
	b.edge = false
	if n := len(b.text); n > 0 && b.text[n-1].Slot == nil {
		b.text[n-1].SQL += s
		return
	}
	b.text = append(b.text, Piece{SQL: s})
}

func (b *builder) slot(s *Slot) {
	if b.glues('x') {
		b.edge = false
		b.sql(" ")
	}
	b.text, b.edge = append(b.text, Piece{Slot: s}), true
}

// glues reports whether text that begins with next would run into what stands before it:
// 'SECRET'AND is two words, and what is put in the place of 'SECRET' need not end in a quote.
func (b *builder) glues(next byte) bool {
	if len(b.text) == 0 {
		return false
	}
	last := b.text[len(b.text)-1]
	if last.Slot != nil {
		return inName(next) || next == '\'' || next == '"' || next == '`'
	}
	before := last.SQL[len(last.SQL)-1]
	return inName(next) && (inName(before) || before == '\'' || before == '"' || before == '`')
}

func inName(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
