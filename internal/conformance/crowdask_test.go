package conformance

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"

	"github.com/cellseal/cellseal/internal/testdb"
)

// A question is asked twice: of protected columns and of the plain ones beside them. A column
// stands in braces; what the plain ones are asked otherwise stands as ours⟦theirs⟧.
type question struct {
	text         string
	args, theirs []any
	tenant       int // who asks it; 0: nobody in particular
}

var (
	columnWord = regexp.MustCompile(`\{(\w+)\}`)
	otherwise  = regexp.MustCompile(`⟪([^⟦]*)⟦([^⟧]*)⟧⟫`)
)

// protected is the question to protected columns.
func (q question) protected() string {
	return columnWord.ReplaceAllString(otherwise.ReplaceAllString(q.text, "$1"), "$1")
}

// plain is the question to the copies.
func (q question) plain() string {
	return columnWord.ReplaceAllString(otherwise.ReplaceAllString(q.text, "$2"), "p_$1")
}

// of puts an alias where ~ stands.
func (q question) of(alias string) question {
	q.text = strings.ReplaceAll(q.text, "~", alias+".")
	return q
}

// An asker makes random questions on files. Text is of small letters, which compare alike in every
// database, but for mail, which folds case.
type asker struct {
	*rand.Rand
	dialect string
}

func (g *asker) pick(of ...string) string { return of[g.IntN(len(of))] }

var vocabulary = []string{"abc", "bca", "cab", "aab", "abcd", "abdc", "bcda", "abcda", "dabc", "cabcd", "bdbd"}

func (g *asker) word() string { return g.pick(vocabulary...) }

// seldom is v, and now and then NULL.
func (g *asker) seldom(v any) any {
	if g.IntN(9) == 0 {
		return nil
	}
	return v
}

func (g *asker) memo() any {
	var words []string
	for range g.IntN(4) + g.IntN(2)*g.IntN(30) {
		words = append(words, g.word())
	}
	return g.seldom(strings.Join(words, " "))
}

func (g *asker) number() any { return g.seldom(g.IntN(40) - 10) }

func (g *asker) code() any {
	return g.seldom(g.pick("a", "b", "ab", "abcdefghijklmnop") + g.pick("-", "") + g.pick("x", "yy", "xyx"))
}

func (g *asker) mail() any {
	return g.seldom(g.pick("a", "A", "b", "B", "c", "d", "e", "f") + g.pick("@x", "@X", "@y"))
}

func same(text string, args ...any) question { return question{text: text, args: args, theirs: args} }

// joined are several conditions, or none, in one text with %s for each.
func joined(text string, of ...question) question {
	var q question
	var texts []any
	for _, one := range of {
		texts = append(texts, one.text)
		q.args, q.theirs = append(q.args, one.args...), append(q.theirs, one.theirs...)
	}
	q.text = fmt.Sprintf(text, texts...)
	return q
}

// atom is one condition. ~ stands where an alias may.
func (g *asker) atom() question {
	not := g.pick("", "", "NOT ")
	switch g.IntN(13) {
	case 0, 1:
		return same("~{memo} "+not+"LIKE ?", "%"+g.pick(g.word(), "c a", "b aab", "cab%bb", "d_bca", "abc abc")+"%")
	case 2:
		return same("~{memo} "+not+"LIKE ?", g.word()+"%")
	case 3:
		return same("~{memo} "+not+"LIKE ?", "%"+g.word())
	case 4:
		return same("~{memo} "+not+"LIKE ?", g.pick("abc_bca", "abc", "%b_a%ab ", "aab%bda", "cabcd%c%abc"))
	case 5:
		return same("~{shelf} "+not+"LIKE ?", g.pick("a%", "%x", "ab%", "%-xyx", "a_x%", "b-%y", "%-yy%", "abcdefghijklmnop-%", "%nopx"))
	case 6:
		return same("~{years} "+g.pick("<", "<=", ">", ">=")+" ?", g.number())
	case 7:
		return same("~{years} "+not+"BETWEEN ? AND ?", g.number(), g.number())
	case 8:
		return same("~{shelf} "+g.pick("<", "<=", ">", ">=")+" ?", g.code())
	case 9:
		words := []string{g.word(), g.word()}[g.IntN(2):]
		return g.words("cellseal_match", words, func(a, b string) bool { return a == b })
	case 10:
		return g.words("cellseal_near", []string{g.word()}, near)
	case 11:
		return same("~{mail} "+g.pick("=", "<>")+" ?", g.mail())
	}
	return same(g.pick("~n < 10", "~{memo} IS NULL", "~{years} IS NOT NULL", "~id > 200", "~{mail} IN ('a@x', 'b@y')"))
}

// words asks for words; a text that has one has a word of the vocabulary that is like it.
func (g *asker) words(function string, words []string, like func(a, b string) bool) question {
	text := "' ' || ~{memo} || ' '"
	if g.dialect == testdb.MySQL {
		text = "CONCAT(' ', ~{memo}, ' ')"
	}
	var all []string
	for _, w := range words {
		var some []string
		for _, v := range vocabulary {
			if like(w, v) {
				some = append(some, text+" LIKE '% "+v+" %'")
			}
		}
		all = append(all, "("+strings.Join(some, " OR ")+")")
	}
	return question{text: "⟪" + function + "(~{memo}, ?)⟦(" + strings.Join(all, " AND ") + ")⟧⟫", args: []any{strings.Join(words, " ")}}
}

// near says what cellseal_near promises of two words, one of which has four letters.
func near(a, b string) bool {
	return a == b || max(len(a), len(b)) >= 4 && (edited(a, b) || edited(b, a))
}

// edited reports whether b is a with a letter less, another, or two neighbours swapped.
func edited(a, b string) bool {
	for i := range a {
		if a[:i]+a[i+1:] == b || len(a) == len(b) && a[:i] == b[:i] && a[i+1:] == b[i+1:] {
			return true
		}
		if i > 0 && a[:i-1]+a[i:i+1]+a[i-1:i]+a[i+1:] == b {
			return true
		}
	}
	return false
}

// where joins some conditions.
func (g *asker) where(depth int, atom func() question) question {
	switch {
	case depth == 0 || g.IntN(3) == 0:
		return atom()
	case g.IntN(4) == 0:
		return joined("NOT (%s)", g.where(depth-1, atom))
	}
	return joined("(%s"+g.pick(" AND ", " OR ")+"%s)", g.where(depth-1, atom), g.where(depth-1, atom))
}

// question is about the rows of some writers.
func (g *asker) question(from, to int) question {
	switch g.IntN(9) {
	case 0:
		return g.ofLeads(from, to)
	case 1:
		return g.ofBadges(from, to)
	case 2:
		return g.ofCards(from, to)
	}
	return g.ofFiles(within(from, to))
}

// ofFiles is of one of the forms, over files of which within is true.
func (g *asker) ofFiles(within string) question {
	all := joined("(%s) AND "+within, g.where(2, g.atom))
	one := joined("(%s) AND "+within, g.where(1, g.atom)).of("a")
	down := g.pick("", " DESC")
	var q question
	switch g.IntN(14) {
	case 0:
		q = joined("SELECT count(*), count({memo}) FROM files WHERE %s", all)
	case 1:
		q = joined("SELECT id, CASE WHEN %s THEN 1 ELSE 0 END FROM files WHERE "+within+" ORDER BY id", g.where(2, g.atom))
	case 2:
		q = joined("SELECT id FROM files WHERE %s ORDER BY {years}"+down+", id LIMIT 7 OFFSET 2", all)
	case 3:
		q = same("SELECT id, {shelf} FROM files WHERE "+within+" ORDER BY {shelf}"+down+", {years}, id LIMIT ?", 1+g.IntN(60))
	case 4:
		q = joined("SELECT DISTINCT {shelf}, {years} FROM files WHERE %s ORDER BY {shelf}"+down+", {years}", all)
	case 5:
		q = joined("SELECT {shelf}, COUNT(*), SUM(n), COUNT(DISTINCT {mail}), MAX({years}) FROM files WHERE %s GROUP BY {shelf} ORDER BY {shelf}"+down, all)
	case 6:
		q = joined("SELECT SUM({years}), AVG({years}), COUNT({years}), COUNT(DISTINCT {mail}) FROM files WHERE %s", all)
	case 7:
		q = joined("SELECT MIN({years}), MAX({years}), MIN({shelf}), MAX({shelf}) FROM files WHERE %s", all)
	case 8:
		q = joined("SELECT v.id, a.id, a.{shelf} FROM visits v JOIN files a ON a.id = v.pid WHERE %s ORDER BY v.id", one)
	case 9:
		q = joined("SELECT a.id, b.{memo} FROM files a LEFT JOIN files b ON b.id = a.id + 1 AND %s WHERE %s ORDER BY a.id", joined("(%s) AND "+within, g.where(1, g.atom)).of("b"), one)
	case 10:
		q = joined("SELECT id FROM visits WHERE pid IN (SELECT id FROM files WHERE %s) ORDER BY id", all)
	default:
		q = joined("SELECT id, {memo}, {years}, {shelf}, {mail} FROM files WHERE %s ORDER BY id", all)
	}
	return q.of("files")
}
