package ormhooks_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
)

func TestAZeroSealedHoldsNothing(t *testing.T) {
	var s ormhooks.Sealed[string]
	v, ok := s.Lookup()
	require.False(t, ok)
	require.Empty(t, v)
	require.PanicsWithValue(t, "cellseal/ormhooks: Get of a Sealed that was neither set nor opened: call ormhooks.Open on its row", func() { s.Get() })
	requireUnsealed(t, s)
}

func requireUnsealed[T any](t testing.TB, s ormhooks.Sealed[T]) {
	t.Helper()
	v, err := s.Value()
	require.ErrorIs(t, err, ormhooks.ErrUnsealed)
	require.Nil(t, v, "nothing may stand beside the error")
}

func TestSetAndGet(t *testing.T) {
	s := ormhooks.New("first")
	require.Equal(t, "first", s.Get())
	s.Set("second")
	require.Equal(t, "second", s.Get())
	s.Set("")
	v, ok := s.Lookup()
	require.True(t, ok, "the empty string is a value")
	require.Empty(t, v)
	var null ormhooks.Sealed[*string]
	null.Set(nil)
	p, ok := null.Lookup()
	require.True(t, ok, "NULL is known")
	require.Nil(t, p)
}

func TestScanKeepsWhatIsStoredAndOpensNothing(t *testing.T) {
	for _, src := range []any{nil, "text", []byte("bytes"), []byte{}, []byte(nil)} {
		s := ormhooks.New("before")
		require.NoError(t, s.Scan(src))
		_, ok := s.Lookup()
		require.False(t, ok, "%T", src)
		require.Panics(t, func() { s.Get() })
		requireUnsealed(t, s)
	}
}

func TestScanCopiesWhatTheDriverWillReuse(t *testing.T) {
	d := newDoor(t, vault[string]{})
	row := &vault[string]{ID: 1}
	row.Sealed.Set(canary)
	d.seal(t, row)
	v, err := row.Sealed.Value()
	require.NoError(t, err)
	buffer := append([]byte{}, v.([]byte)...)
	back := &vault[string]{ID: 1}
	require.NoError(t, back.Sealed.Scan(buffer))
	clear(buffer)
	d.open(t, back)
	require.Equal(t, canary, back.Sealed.Get())
}

func TestScanRefusesWhatNoCellCanBe(t *testing.T) {
	for _, src := range []any{int64(1), 1.5, true, time.Now(), [3]byte{}, struct{ s string }{canary}} {
		s := ormhooks.New("before")
		require.ErrorContains(t, harmless(t, s.Scan(src)), "is this a protected column?")
		require.Equal(t, "before", s.Get())
	}
}

func TestOnlyASealedValueReachesTheDatabase(t *testing.T) {
	d := newDoor(t, vault[string]{})
	row := &vault[string]{ID: 1}
	row.Sealed.Set(canary)
	requireUnsealed(t, row.Sealed)

	d.seal(t, row)
	first, err := row.Sealed.Value()
	require.NoError(t, err)
	require.Equal(t, canary, row.Sealed.Get(), "the application goes on working with it")

	row.Sealed.Set(canary)
	requireUnsealed(t, row.Sealed)
	d.seal(t, row)
	second, err := row.Sealed.Value()
	require.NoError(t, err)
	require.NotEqual(t, first, second)

	require.NoError(t, row.Sealed.Scan(first))
	requireUnsealed(t, row.Sealed)
	d.open(t, row)
	requireUnsealed(t, row.Sealed)
	require.Equal(t, canary, row.Sealed.Get())
}

func TestNullReachesTheDatabaseOnlyIfSealed(t *testing.T) {
	d := newDoor(t, vault[*string]{})
	row := &vault[*string]{ID: 1}
	row.Sealed.Set(nil)
	requireUnsealed(t, row.Sealed)
	d.seal(t, row)
	v, err := row.Sealed.Value()
	require.NoError(t, err)
	require.Nil(t, v)
	requireUnsealed(t, row.Padded) // of which nothing is known
}

func TestCopiesAreIndependent(t *testing.T) {
	d := newDoor(t, vault[string]{})
	row := &vault[string]{ID: 1}
	row.Sealed.Set("one")
	early := row.Sealed
	d.seal(t, row)
	requireUnsealed(t, early)

	late := row.Sealed
	late.Set("two")
	require.Equal(t, "one", row.Sealed.Get())
	_, err := row.Sealed.Value()
	require.NoError(t, err)
	require.NoError(t, row.Sealed.Scan(nil))
	require.Equal(t, "two", late.Get())
}

func TestACopyInAnotherRowIsSealedForThatRow(t *testing.T) {
	d := newDoor(t, vault[string]{})
	from := &vault[string]{ID: 1}
	from.Sealed.Set(canary)
	d.seal(t, from)
	before, err := from.Sealed.Value()
	require.NoError(t, err)

	to := &vault[string]{ID: 2, Sealed: from.Sealed}
	d.seal(t, to)
	after, err := to.Sealed.Value()
	require.NoError(t, err)
	require.NotEqual(t, before, after)
	back := &vault[string]{ID: 2}
	require.NoError(t, back.Sealed.Scan(after))
	d.open(t, back)
	require.Equal(t, canary, back.Sealed.Get())

	still, err := from.Sealed.Value()
	require.NoError(t, err)
	require.Equal(t, before, still, "the row it came from is as it was")
}
