package conformance

import (
	"encoding/hex"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

var rewrite = flag.Bool("rewrite", false, "write what became of the shapes into testdata")

const beyondFile = "testdata/beyond.shapes"

// A block is one shape of beyond.shapes, for some dialects.
type block struct {
	dialects []string
	text     string // the statement as it is written there
	with     string
	outcomes map[string]string // by dialect
}

// passes says of a shape that it goes through as it is, and may.
const passes = "passes"

// readBlocks reads the script; what is no shape, a comment, is a block with a text alone.
func readBlocks(t testing.TB) (all []*block) {
	t.Helper()
	data, err := os.ReadFile(beyondFile)
	require.NoError(t, err)
	for text := range strings.SplitSeq(strings.TrimSpace(string(data)), "\n\n") {
		if strings.HasPrefix(text, "#") {
			all = append(all, &block{text: text})
			continue
		}
		b := &block{outcomes: map[string]string{}}
		text, outcomes, _ := strings.Cut(text, "\n→ ")
		head, text, ok := strings.Cut(text, "\n")
		require.True(t, ok, text)
		b.dialects = strings.Fields(head)
		b.text, b.with, _ = strings.Cut(text, "\nwith ")
		for _, o := range strings.Split(outcomes, ", ") {
			if dialect, word, of := strings.Cut(o, " "); of {
				b.outcomes[dialect] = word
				continue
			}
			for _, dialect := range b.dialects {
				b.outcomes[dialect] = o
			}
		}
		all = append(all, b)
	}
	return all
}

// String writes the block as it is read.
func (b *block) String() string {
	if len(b.dialects) == 0 {
		return b.text
	}
	text := strings.Join(b.dialects, " ") + "\n" + b.text
	if b.with != "" {
		text += "\nwith " + b.with
	}
	words := slices.Compact(slices.Sorted(maps.Values(b.outcomes)))
	if len(words) == 1 {
		return text + "\n→ " + words[0]
	}
	var each []string
	for _, d := range b.dialects {
		each = append(each, d+" "+b.outcomes[d])
	}
	return text + "\n→ " + strings.Join(each, ", ")
}

// shape is the statement for a dialect.
func (b *block) shape(db testdb.DB) shape {
	s := shape{name: "beyond", sql: strings.ReplaceAll(b.text, "HEX", hex.EncodeToString([]byte(canary)))}
	if b.with != "" {
		s.args = strings.Split(b.with, ", ")
		s.sql = db.SQL(s.sql)
	}
	if strings.HasPrefix(b.with, "{") {
		s.args = []string{b.with}
	}
	return s
}

// TestBeyond tries every shape of the script. In PostgreSQL a shape in several dialects has ? for
// its arguments all the same.
func TestBeyond(t *testing.T) {
	blocks := readBlocks(t)
	counts := map[string]int{}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := newShapesWorld(t, db)
		var mine []*block
		var shapes []shape
		dialect := ""
		for name, is := range dialectNames {
			if is == db.Dialect {
				dialect = name
			}
		}
		for _, b := range blocks {
			switch {
			case !slices.Contains(b.dialects, dialect):
			case b.outcomes[dialect] == passes:
				made, err := sqlcell.Explain(ctx, w.DB.DB, b.shape(db).sql)
				require.NoError(t, err, b.text)
				require.Equal(t, "passes unchanged", made.Becomes, b.text)
			default:
				mine, shapes = append(mine, b), append(shapes, b.shape(db))
			}
		}
		for i, o := range w.tryAll(t, shapes) {
			b := mine[i]
			counts[o.word]++
			if o.word != answered {
				t.Logf("%s: %s: %v", o.word, b.text, o.err)
			}
			if !*rewrite {
				require.Equal(t, b.outcomes[dialect], o.word, "%s: run with -rewrite and read the difference", b.text)
			}
			b.outcomes[dialect] = o.word
		}
	})
	t.Logf("%v", counts)
	if *rewrite {
		var all []string
		for _, b := range blocks {
			all = append(all, b.String())
		}
		require.NoError(t, os.WriteFile(beyondFile, []byte(strings.Join(all, "\n\n")+"\n"), 0o644))
	}
}
