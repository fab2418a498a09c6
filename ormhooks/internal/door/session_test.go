package door

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
)

// noBase is a connection without a database: it counts how often the catalogue is asked for.
type noBase struct {
	Base
	asked int
	here  []bool
	err   error
}

func (b *noBase) Answer(context.Context, *Statement, int, string, []driver.NamedValue) (*Result, error) {
	panic("never")
}

func (b *noBase) Catalogue(_ context.Context, here bool, _ func(catalog.Querier) error) error {
	b.asked++
	b.here = append(b.here, here)
	return b.err
}

const (
	ofUnique = "SELECT id FROM users WHERE email = 'x'"
	ofPlain  = "SELECT phone FROM users WHERE id = 1"
)

func TestOnlyStatementsOnUniqueIndexesNeedTheLease(t *testing.T) {
	d, s := newDoor(t, sqltext.PostgreSQL)
	base := &noBase{err: errors.New("no server")}
	s.base = base
	for _, text := range []string{ofUnique, ofPlain} {
		_, err := s.Statement(ctx, text)
		require.NoError(t, err)
	}
	require.Zero(t, base.asked)
	d.catalogue.Now().Read(time.Now().Add(-d.Lease).UnixNano())
	_, err := s.Statement(ctx, ofPlain)
	require.NoError(t, err)
	_, err = s.Statement(ctx, ofUnique)
	require.ErrorContains(t, err, "no server")
	require.Equal(t, 1, base.asked)
	require.Equal(t, []bool{false}, base.here)
}

func TestTheCatalogueIsReadOnlyForWhatNeedsIt(t *testing.T) {
	d, s := newDoor(t, sqltext.SQLite)
	base := &noBase{err: driver.ErrBadConn}
	s.base = base
	d.Invalidate()
	_, err := s.Statement(ctx, "SAVEPOINT s")
	require.NoError(t, err)
	require.Zero(t, base.asked)
	_, err = s.Statement(ctx, "SELECT * FROM other")
	require.Error(t, err, "other may be a view on what is protected")
	base.here = nil
	_, err = s.Statement(ctx, ofPlain)
	require.Error(t, err)
	require.NotErrorIs(t, err, driver.ErrBadConn, "the caller's connection is not the one that is broken")
	require.Equal(t, []bool{true}, base.here, "an in-memory database is seen by its connection alone")
}

func TestRefusalsAreReconsideredOnceTheCatalogueMayBeOld(t *testing.T) {
	d, s := newDoor(t, sqltext.MySQL)
	base := &noBase{err: errors.New("asked")}
	s.base = base
	var refused *ormhooks.StatementError
	told := 0
	d.Observer = func(e Event) {
		require.Equal(t, Refused, e.Kind)
		told++
	}
	for range 3 {
		_, err := s.Statement(ctx, "SELECT nope FROM users WHERE nope LIKE email")
		require.ErrorAs(t, err, &refused)
	}
	require.Equal(t, 3, told)
	require.Zero(t, base.asked, "it was read just now")
	d.catalogue.Now().Read(time.Now().Add(-patience).UnixNano())
	_, err := s.Statement(ctx, "SELECT nope FROM users WHERE nope LIKE email")
	require.ErrorContains(t, err, "asked")
}

func TestATransactionSeesItsOwnTables(t *testing.T) {
	d, s := newDoor(t, sqltext.PostgreSQL)
	base := &noBase{err: errors.New("asked")}
	s.base = base
	s.Begun()
	ddl, err := s.Statement(ctx, "CREATE TABLE other (id INT)")
	require.NoError(t, err)
	s.Passed(ddl)
	_, err = s.Statement(ctx, ofPlain)
	require.Error(t, err)
	require.Equal(t, []bool{true}, base.here, "no other connection can know")
	_, err = d.Session(base).Statement(ctx, ofPlain)
	require.NoError(t, err, "others see what they saw")
	before := d.catalogue.Now()
	s.Ended()
	require.NotEqual(t, before, d.catalogue.Now())
}

func TestSettingsKeepThePlans(t *testing.T) {
	d, s := newDoor(t, sqltext.PostgreSQL)
	base := &noBase{err: errors.New("asked")}
	s.base = base
	before := d.catalogue.Now()
	set := func(text string) {
		st, err := s.Statement(ctx, text)
		require.NoError(t, err)
		s.Passed(st)
	}
	set("SET LOCAL app.tenant = '7'")
	_, err := s.Statement(ctx, ofPlain)
	require.NoError(t, err)
	set("SET search_path = other")
	_, err = s.Statement(ctx, ofPlain)
	require.ErrorContains(t, err, "asked")
	s.Ended()
	_, err = s.Statement(ctx, ofPlain)
	require.NoError(t, err)
	require.Equal(t, before, d.catalogue.Now())
}

func TestLongStatementsAreNotKept(t *testing.T) {
	d, s := newDoor(t, sqltext.PostgreSQL)
	long := "SELECT '" + strings.Repeat("x", 64<<10) + "' FROM users"
	_, err := s.Statement(ctx, long)
	require.NoError(t, err)
	require.Nil(t, d.cache.Get(long))
	_, err = s.Statement(ctx, ofPlain)
	require.NoError(t, err)
	require.NotNil(t, d.cache.Get(ofPlain))
}
