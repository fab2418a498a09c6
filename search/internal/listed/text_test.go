package listed_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/entry"
	"github.com/cellseal/cellseal/search/internal/transform"
	"github.com/cellseal/cellseal/search/segment"
	"github.com/cellseal/cellseal/search/text"
)

// A note is a document of which it is known by construction what it holds.
type note struct {
	words []string // folded
	said  string
}

// Pairs that fold alike stand side by side.
var vocabulary = []string{
	"Stra\u00DFe", "STRASSE", "\uFB01sh", "FISH", "E\u0301tude", "\u00E9tude", "don\u2019t", "DON'T", "cough", "coughs", "chronic", "chron1c", "3.14", "\u6F22\u5B57\u304B\u306A", "\u03A3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C2", "ab", "abc", "abcd", "abdc",
}

func randomNote(r *rand.Rand) note {
	var n note
	var b strings.Builder
	for range r.IntN(6) {
		w := vocabulary[r.IntN(len(vocabulary))]
		n.words = append(n.words, folded(w))
		b.WriteString(w + []string{" ", ", ", "% ", "_", "\\", " - ", "\n"}[r.IntN(7)])
	}
	n.said = b.String()
	return n
}

func folded(s string) string { return mustFold(strings.ReplaceAll(s, "\u2019", "'")) }

func mustFold(s string) string {
	fold, err := transform.Compile(transform.Fold)
	if err == nil {
		s, err = fold(s)
	}
	if err != nil {
		panic(err)
	}
	return s
}

// A question is one with its truth.
type question struct {
	what string
	ask  func(x *text.Index) (*text.Query, error)
	true func(n note) bool
}

func askWords(r *rand.Rand) question {
	one, two := vocabulary[r.IntN(len(vocabulary))], vocabulary[r.IntN(len(vocabulary))]
	has := func(n note, w string) bool { return slices.Contains(n.words, folded(w)) }
	switch r.IntN(3) {
	case 0:
		return question{"All", func(x *text.Index) (*text.Query, error) { return x.All(one+" "+two, one) },
			func(n note) bool { return has(n, one) && has(n, two) }}
	case 1:
		return question{"Any", func(x *text.Index) (*text.Query, error) { return x.Any(one, two) },
			func(n note) bool { return has(n, one) || has(n, two) }}
	}
	whole := one + " "
	return question{"Equal", func(x *text.Index) (*text.Query, error) { return x.Equal(strings.ToUpper(whole)) },
		func(n note) bool { return mustFold(n.said) == mustFold(strings.ToUpper(whole)) }}
}

func askPieces(r *rand.Rand) question {
	source := []rune(mustFold(randomNote(r).said + "abc% chronic cough"))
	from := r.IntN(len(source) - 5)
	piece := string(source[from : from+3+r.IntN(3)])
	switch r.IntN(4) {
	case 0:
		return question{"Contains " + piece, func(x *text.Index) (*text.Query, error) { return x.Contains(piece) },
			func(n note) bool { return strings.Contains(mustFold(n.said), piece) }}
	case 1:
		return question{"HasPrefix " + piece, func(x *text.Index) (*text.Query, error) { return x.HasPrefix(piece) },
			func(n note) bool { return strings.HasPrefix(mustFold(n.said), piece) }}
	case 2:
		return question{"HasSuffix " + piece, func(x *text.Index) (*text.Query, error) { return x.HasSuffix(piece) },
			func(n note) bool { return strings.HasSuffix(mustFold(n.said), piece) }}
	}
	escaped := strings.NewReplacer("%", "|%", "_", "|_", "|", "||").Replace(strings.ToUpper(piece))
	return question{"Like " + piece, func(x *text.Index) (*text.Query, error) { return x.Like("_%"+escaped+"%", '|') },
		func(n note) bool {
			said := []rune(mustFold(n.said))
			return len(said) > 0 && strings.Contains(string(said[1:]), mustFold(strings.ToUpper(piece)))
		}}
}

func askNear(r *rand.Rand) question {
	word := []rune(folded(vocabulary[r.IntN(len(vocabulary))]))
	word[r.IntN(len(word))] = 'x'
	asked := string(word)
	if len(word) > 5 {
		asked += " cough"
	}
	return question{"Near " + asked, func(x *text.Index) (*text.Query, error) { return x.Near(asked) },
		func(n note) bool {
			for w := range entry.Words(asked) {
				if !slices.ContainsFunc(n.words, func(have string) bool { return entry.Near(w, have) }) {
					return false
				}
			}
			return true
		}}
}

// Random writes and questions, with flushes and merges in between and the key rotated on
// the way, against what is true.
func TestTextAgainstTheTruth(t *testing.T) {
	for _, kind := range []struct {
		name  string
		label keys.Label
		ask   func(*rand.Rand) question
	}{
		{"words", search.Words("notes", search.Fold), askWords},
		{"substring", search.Substring("notes", search.Fold), askPieces},
		{"fuzzy", search.Fuzzy("notes", search.Fold), askNear},
	} {
		t.Run(kind.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, db testdb.DB) {
				p := newPlace(t, db, &segment.Options{Fanout: 2})
				r := rand.New(rand.NewPCG(4, uint64(len(kind.name))))
				rings := rotation(t)
				truth := map[int64]note{}
				found := 0
				for stage, ring := range rings {
					x := p.text(t, ring, kind.label)
					if stage == 2 {
						p.rekey(t, p.text(t, rings[1], kind.label)) // before the old key goes
					}
					for range steps(20) {
						writeNote(t, r, p, x, truth)
						if r.IntN(8) == 0 {
							p.maintain(t, r, x)
						}
						found += checkQuestion(t, p, x, kind.ask(r), truth)
					}
				}
				require.Greater(t, found, 10)
			})
		})
	}
}

func writeNote(t *testing.T, r *rand.Rand, p *place, x *text.Index, truth map[int64]note) {
	id, n := r.Int64N(40)-20, randomNote(r)
	_, there := truth[id]
	switch {
	case !there:
		require.NoError(t, x.Add(t.Context(), p, search.DocInt(id), n.said))
	case r.IntN(4) == 0:
		require.NoError(t, x.Remove(t.Context(), p, search.DocInt(id)))
		delete(truth, id)
		return
	case r.IntN(5) == 0:
		require.NoError(t, x.Replace(t.Context(), p, search.DocInt(id), nil))
		n = note{}
	default:
		require.NoError(t, x.Replace(t.Context(), p, search.DocInt(id), n.said))
	}
	truth[id] = n
}

func checkQuestion(t *testing.T, p *place, x *text.Index, q question, truth map[int64]note) int {
	query, err := q.ask(x)
	require.NoError(t, err, q.what)
	got, err := query.Find(t.Context(), p)
	require.NoError(t, err, q.what)
	require.True(t, slices.IsSorted(ids(got)), "%s: in the order of ids", q.what)
	var want, matching []int64
	for id, n := range truth {
		if q.true(n) {
			want = append(want, id)
		}
	}
	for _, id := range ids(got) {
		n, there := truth[id]
		require.True(t, there, "%s found %d, which is not there", q.what, id)
		matches, err := query.Matches(n.said)
		require.NoError(t, err)
		require.True(t, matches || !query.Exact(), q.what)
		if matches {
			matching = append(matching, id)
		}
	}
	slices.Sort(want)
	require.Equal(t, want, matching, q.what)
	return len(want)
}
