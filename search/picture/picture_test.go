package picture_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/picture"
)

const canary = "Canary"

func cities(n int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%s-%.0f", canary, math.Exp(r.Float64()*math.Log(500)))
	}
	return list
}

func draw(t *testing.T, p *search.Planned, o *picture.Options) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, picture.SVG(&b, p, o))
	if folder := os.Getenv("CELLSEAL_PICTURES"); folder != "" {
		require.NoError(t, os.WriteFile(filepath.Join(folder, strings.ReplaceAll(t.Name(), "/", "-")+".svg"), b.Bytes(), 0o600))
	}
	d := xml.NewDecoder(bytes.NewReader(b.Bytes()))
	elements := map[string]int{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if s, ok := token.(xml.StartElement); ok {
			elements[s.Name.Local]++
		}
	}
	require.Equal(t, 1, elements["svg"])
	require.Greater(t, elements["path"], 10)
	require.Greater(t, elements["text"], 10)
	return b.String()
}

func TestPictures(t *testing.T) {
	for name, c := range map[string]struct {
		sample []string
		o      search.PlanOptions
		want   []string
	}{
		"skewed": {cities(5000), search.PlanOptions{Column: "city"}, []string{"Column city", "in clear", "exact: a thief", "smoothed: a thief", "nothing to count"}},
		"unique": {[]string{"a1", "b2", "c3", "d4"}, search.PlanOptions{Column: "email", Rows: 5000}, []string{"Column email", "exact, unique: a thief recovers &lt; 0.05 %"}},
		"one":    {[]string{"a1", "a1"}, search.PlanOptions{}, []string{"by guessing: 100.0 %"}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := search.Plan(c.sample, &c.o)
			require.NoError(t, err)
			svg := draw(t, p, nil)
			for _, want := range c.want {
				require.Contains(t, svg, want)
			}
			require.NotContains(t, svg, canary)
			require.Equal(t, svg, draw(t, p, nil), "the same plan, the same picture")
		})
	}
}

func TestLabelsAreAskedFor(t *testing.T) {
	p, err := search.Plan(cities(2000), nil)
	require.NoError(t, err)
	require.EqualError(t, picture.SVG(io.Discard, p, &picture.Options{Labels: true}), "cellseal/search/picture: the plan holds no values to write: ask for search.PlanOptions.Common")

	p, err = search.Plan(cities(2000), &search.PlanOptions{Column: "city", Common: 12})
	require.NoError(t, err)
	require.NotContains(t, draw(t, p, nil), canary, "having them is not asking for them")
	require.Contains(t, draw(t, p, &picture.Options{Bars: 12, Labels: true}), canary+"-1<")
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestAFailingWriter(t *testing.T) {
	p, err := search.Plan(cities(500), nil)
	require.NoError(t, err)
	require.ErrorContains(t, picture.SVG(full{}, p, nil), "disk full")
}
