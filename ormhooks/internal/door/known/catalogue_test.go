package known

import (
	"context"
	"database/sql/driver"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// an Over that does what a function does.
type over func() error

func (o over) Catalogue(context.Context, bool, func(catalog.Querier) error) error { return o() }

func newCatalogue(t *testing.T) *Catalogue {
	t.Helper()
	s, err := schema.New()
	require.NoError(t, err)
	return New(sqltext.PostgreSQL, s, nil)
}

func TestWhoWaitsForAnotherToLoadCanGoAway(t *testing.T) {
	c := newCatalogue(t)
	canceled, cancel := context.WithCancel(context.Background())
	err := c.Load(context.Background(), over(func() error { // while this one loads
		cancel()
		require.ErrorIs(t, c.Load(canceled, nil, c.Now()), context.Canceled)
		require.ErrorIs(t, c.Renew(canceled, nil, c.Now()), context.Canceled)
		return driver.ErrBadConn
	}), c.Now())
	require.Error(t, err)
	require.NotErrorIs(t, err, driver.ErrBadConn, "the caller's connection is not the one that is broken")
}

func TestLoadLeavesWhatAnotherHasReadMeanwhile(t *testing.T) {
	c := newCatalogue(t)
	old := c.Now()
	c.Put(catalog.New())
	require.NoError(t, c.Load(context.Background(), over(func() error { return errors.New("asked") }), old))
	require.NotNil(t, c.Now().Catalog)
	require.NotEqual(t, old.Number, c.Now().Number)
	c.Invalidate()
	require.Nil(t, c.Now().Catalog)
}
