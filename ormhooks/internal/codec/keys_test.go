package codec_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
)

// recording is a Source that notes what it was asked for.
type recording struct {
	keys.Source
	asked []string
	err   error
}

func (r *recording) note(path []keys.Label) error {
	text := ""
	for _, l := range path {
		text += string(l) + " "
	}
	r.asked = append(r.asked, text)
	return r.err
}

func (r *recording) Cells(ctx context.Context, path ...keys.Label) (*keys.Derived, error) {
	if err := r.note(path); err != nil {
		return nil, err
	}
	return r.Source.Cells(ctx, path...)
}

func (r *recording) Index(ctx context.Context, path ...keys.Label) (*keys.Derived, error) {
	if err := r.note(path); err != nil {
		return nil, err
	}
	return r.Source.Index(ctx, path...)
}

func scopes(ids ...string) (all [][]keys.Label) {
	for _, id := range ids {
		all = append(all, []keys.Label{keys.Scope("tenant", id)})
	}
	return all
}

func TestTheSourceIsAskedOnceForEachPlace(t *testing.T) {
	source := &recording{Source: celltest.Ring(t)}
	k := codec.NewKeys(ctx, source)
	in := table(t)
	for range 100 {
		for _, scope := range append(scopes("a", "b"), nil) {
			for _, compartment := range []string{"default", "medical"} {
				_, err := k.Row(in, scope, compartment, cell.RowID(cell.BindInt("id", 1)))
				require.NoError(t, err)
			}
			for _, x := range in.Indexes {
				_, err := k.Index(in, scope, x)
				require.NoError(t, err)
			}
		}
	}
	require.ElementsMatch(t, []string{
		"s:tenant/a t:t c:default ", "s:tenant/a t:t c:medical ", "s:tenant/b t:t c:default ", "s:tenant/b t:t c:medical ", "t:t c:default ", "t:t c:medical ",
		"s:tenant/a t:t i:sealed/exact ", "s:tenant/b t:t i:sealed/exact ",
		"t:t i:sealed/exact ", "t:t i:sealed/exact ", // of the index without a scope, and of the other in no scope
	}, source.asked)
}

func TestPlacesAreNotMistakenForOneAnother(t *testing.T) {
	k := codec.NewKeys(ctx, celltest.Ring(t))
	in := table(t)
	seen := map[string]bool{}
	// A scope's id can hold anything, even what looks like the rest of a path.
	for _, scope := range append(scopes("a", "b", "a\nt:t", "a t:t c:default"), nil) {
		r, err := k.Row(in, scope, "default", nil)
		require.NoError(t, err)
		imprint, err := r.Imprint("c", []byte("0123456789abcdef"), nil)
		require.NoError(t, err)
		require.False(t, seen[string(imprint)], "%q", scope)
		seen[string(imprint)] = true

		x, err := k.Index(in, scope, in.Indexes[0])
		require.NoError(t, err)
		term, err := x.Term("a")
		require.NoError(t, err)
		require.False(t, seen[string(term)], "%q", scope)
		seen[string(term)] = true
	}
}

func TestAnUnscopedIndexIsTheSameForAll(t *testing.T) {
	k := codec.NewKeys(ctx, celltest.Ring(t))
	in := table(t)
	var terms [][]byte
	for _, scope := range append(scopes("a", "b"), nil) {
		x, err := k.Index(in, scope, in.Indexes[1])
		require.NoError(t, err)
		term, err := x.Term("a")
		require.NoError(t, err)
		terms = append(terms, term)
	}
	require.Equal(t, terms[0], terms[1])
	require.Equal(t, terms[0], terms[2])
}

func TestErrorsAreNotKept(t *testing.T) {
	source := &recording{Source: celltest.Ring(t), err: &keys.DeniedError{}}
	k := codec.NewKeys(ctx, source)
	in := table(t)
	var denied *keys.DeniedError
	_, err := k.Row(in, nil, "default", nil)
	require.ErrorAs(t, err, &denied)
	_, err = k.Index(in, nil, in.Indexes[0])
	require.ErrorAs(t, err, &denied)
	source.err = nil
	_, err = k.Row(in, nil, "default", nil)
	require.NoError(t, err)
	_, err = k.Index(in, nil, in.Indexes[0])
	require.NoError(t, err)
}

func TestTheScopesSliceIsLeftAlone(t *testing.T) {
	k := codec.NewKeys(ctx, celltest.Ring(t))
	scope := append(make([]keys.Label, 0, 4), keys.Scope("tenant", "a"))
	_, err := k.Compartment(table(t), scope, "default")
	require.NoError(t, err)
	require.Equal(t, make([]keys.Label, 3), scope[1:4])
}

func TestANilSourcePanicsWithThePackagesName(t *testing.T) {
	require.PanicsWithValue(t, "cellseal/ormhooks: nil keys.Source", func() { codec.NewKeys(ctx, nil) })
}

// A statement may be about several tables, whose compartments have the same name.
func TestTablesHaveKeysOfTheirOwn(t *testing.T) {
	k := codec.NewKeys(ctx, celltest.Ring(t))
	in := table(t)
	other := *in
	other.Logical += "_too"
	id := cell.RowID(cell.BindInt("id", 1))
	a, err := k.Row(in, nil, "default", id)
	require.NoError(t, err)
	b, err := k.Row(&other, nil, "default", id)
	require.NoError(t, err)
	_, err = b.Open("t.c", a.Seal("t.c", []byte("of the first table")))
	require.ErrorIs(t, err, cell.ErrDecrypt)
}
