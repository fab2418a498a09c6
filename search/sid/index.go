package sid

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"

	"github.com/cellseal/cellseal/internal/hctr2"
	"github.com/cellseal/cellseal/internal/redact"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/column"
)

// TokenSize is the length of a token, in bytes.
const TokenSize = 16

// inside is how much of the token a search id holds.
const inside = 8

// Label labels the search ids of one column.
func Label(name string, transforms ...search.Transform) keys.Label {
	return column.Label("sid", []string{name}, transforms)
}

// Options configures an Index.
type Options struct {
	// Dialect is needed by everything that writes SQL.
	Dialect search.Dialect
	// Type is the column's declared type, text unless given.
	Type search.Type
	// RowSize is the length of a row's id in bytes, 8 or 16; 0 stands for 8.
	RowSize int
	// Schema is where the table lies: a schema in PostgreSQL, a database in MySQL, an attached file in
	// SQLite. "" is wherever the connection looks first.
	Schema string
	// Table is its name, cellseal_sids unless given. Several indexes can share it.
	Table string
}

// An Index makes the entries of one column. It is immutable and safe for concurrent use.
type Index struct {
	_ [0]func()
	s *indexState
}

type indexState struct {
	keys   []*indexKey // the primary's first
	values *search.Normalizer
	o      Options
}

type indexKey struct {
	mac  *tree.MAC
	row  cipher.Block  // of 8 bytes
	wide *hctr2.Cipher // of 16
}

// NewIndex returns the index that d is the key of. It panics on a Derived that is no index of this
// kind, and on options that contradict its label.
func NewIndex(d *keys.Derived, o Options) *Index {
	set := d.Tree()
	if tree.Ring(set) != tree.Index || tree.LevelOf(set) != tree.Leaf {
		panic("cellseal/sid: want the Derived of an index: source.Index(ctx, keys.Table(…), sid.Label(…))")
	}
	if names, _, _ := tree.IndexParts(set); len(names) != 1 {
		panic("cellseal/sid: an index of this kind has one column")
	}
	path := tree.Path(set)
	values, err := search.NewNormalizer(keys.Label(path[len(path)-1]), "sid", o.Type)
	if err != nil {
		panic("cellseal/sid: " + err.Error())
	}
	if o.RowSize == 0 {
		o.RowSize = 8
	}
	if o.RowSize != 8 && o.RowSize != 16 {
		panic("cellseal/sid: RowSize: want 8 or 16 bytes")
	}
	if o.Table == "" {
		o.Table = "cellseal_sids"
	}
	list := tree.Memo(set, func() (list []*indexKey) {
		for _, n := range tree.Nodes(set) {
			list = append(list, newIndexKey(n))
		}
		return list
	})
	return &Index{s: &indexState{list, values, o}}
}

func newIndexKey(n tree.Node) *indexKey {
	k := &indexKey{mac: tree.NewMAC(n)}
	narrow, wide := k.mac.Sum(tree.PurposeSearchID, nil), k.mac.Sum(tree.PurposeSearchID, []byte{1})
	var err, errWide error
	k.row, err = aes.NewCipher(narrow[:])
	k.wide, errWide = hctr2.New(wide[:])
	if err = errors.Join(err, errWide); err != nil {
		panic("cellseal/sid: " + err.Error()) // of no key of 32 bytes
	}
	return k
}

func (x *Index) state() *indexState {
	if x == nil || x.s == nil {
		panic("cellseal/sid: zero Index; use NewIndex")
	}
	return x.s
}

// Int is the id of a row whose key is an integer.
func Int(id int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(id)) }

// An Entry is a row of the table: what it says of the value and of the row, neither of which shows.
type Entry struct {
	Token []byte // 16 bytes
	SID   []byte // 16 bytes, or 24 if row ids are 16
}

// ErrEntry says that a search id was not made with the token it was found under: somebody moved or
// invented it.
var ErrEntry = errors.New("cellseal/sid: an entry was altered")

// A RowSizeError says that a row's id has another length than the index was made for.
type RowSizeError struct{ Have, Want int }

func (e *RowSizeError) Error() string {
	return fmt.Sprintf("cellseal/sid: a row's id of %d bytes, want %d: Options.RowSize is 8 or 16; other keys need a row_key of 16 bytes", e.Have, e.Want)
}

// Entry returns the entry of a value and a row under the primary key. Its Token is nil if there is to
// be none: if the value is NULL, or its transforms leave nothing of it; [Index.Insert] passes it over.
// Errors are [search.ValueError] and [RowSizeError].
func (x *Index) Entry(row []byte, value any) (Entry, error) {
	all, err := x.Entries(row, value)
	if err != nil || len(all) == 0 {
		return Entry{}, err
	}
	return all[0], nil
}

// Entries returns the entries that a value and a row may have, one for each enabled key, the primary's
// first: what to remove when the row goes or its value changes.
func (x *Index) Entries(row []byte, value any) ([]Entry, error) {
	s := x.state()
	if len(row) != s.o.RowSize {
		return nil, &RowSizeError{len(row), s.o.RowSize}
	}
	input, err := s.values.Normalize(value)
	if err != nil || input == nil {
		return nil, err
	}
	var list []Entry
	for _, k := range s.keys {
		token := k.token(input)
		list = append(list, Entry{token, k.encrypt(row, token)})
	}
	return list, nil
}

// Match returns the tokens to look for, one for each enabled key. What no row can be found by is a
// [search.ValueError].
func (x *Index) Match(value any) ([][]byte, error) {
	s := x.state()
	input, err := s.values.Asked(value)
	if err != nil {
		return nil, err
	}
	var tokens [][]byte
	for _, k := range s.keys {
		tokens = append(tokens, k.token(input))
	}
	return tokens, nil
}

// Row returns the row's id of an entry, or [ErrEntry].
func (x *Index) Row(e Entry) ([]byte, error) {
	s := x.state()
	if len(e.Token) != TokenSize || len(e.SID) != s.o.RowSize+inside {
		return nil, ErrEntry
	}
	for _, k := range s.keys {
		plain := k.decrypt(e.SID)
		if subtle.ConstantTimeCompare(plain[s.o.RowSize:], e.Token[:inside]) == 1 {
			return plain[:s.o.RowSize:s.o.RowSize], nil
		}
	}
	return nil, ErrEntry
}

func (k *indexKey) token(input []byte) []byte {
	sum := k.mac.Sum(tree.PurposeTerm, input)
	return append([]byte(nil), sum[:TokenSize]...)
}

func (k *indexKey) encrypt(row, token []byte) []byte {
	plain := append(append([]byte(nil), row...), token[:inside]...)
	if len(plain) == aes.BlockSize {
		k.row.Encrypt(plain, plain)
		return plain
	}
	return k.wide.Encrypt(plain[:0], plain, nil)
}

func (k *indexKey) decrypt(sid []byte) []byte {
	plain := append([]byte(nil), sid...)
	if len(plain) == aes.BlockSize {
		k.row.Decrypt(plain, plain)
		return plain
	}
	return k.wide.Decrypt(plain[:0], plain, nil)
}

// Leakage says what search ids show.
func Leakage() search.Leakage {
	return search.Leakage{
		Kind:     "Search ids",
		AtRest:   "how often each value occurs, of nobody knows which rows",
		OnQuery:  "how many rows hold the value; to whoever sees both roles' queries, which",
		OverTime: "accumulates to whoever sees both",
		For:      "low-entropy values whose rows must not be linked through their indexes",
	}
}

// Leakage says what this index shows.
func (x *Index) Leakage() search.Leakage {
	x.state()
	return Leakage()
}

// Format implements fmt.Formatter and prints nothing secret.
func (Index) Format(f fmt.State, _ rune) { redact.Format(f, "sid.Index") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Index) LogValue() slog.Value { return redact.LogValue("sid.Index") }
