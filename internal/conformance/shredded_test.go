package conformance

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/scopes"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/reseal"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search/segment"
)

// Guest is of a tenant, whose keys can be destroyed.
type Guest struct {
	_      struct{} `cell:"table=guests,bind=id,scope=tenant(tenant)"`
	ID     int64
	Tenant int64
	Email  *string `cell:"seal,type=text" search:"exact,unique;exact,name=all,scope=none,unique"`
	Notes  *string `cell:"seal,type=text" search:"words"`
	Born   *int64  `cell:"token" search:"range"`
	Room   int64
}

// A hotel is a database of guests, with the source of its keys.
type hotel struct {
	testdb.DB
	bare   testdb.DB
	schema *ormhooks.Schema
	source *scopes.Source
}

func tenantScope(id int) keys.Label { return keys.Scope("tenant", fmt.Sprint(id)) }

func newHotel(t testing.TB, db testdb.DB, ring keys.Source) *hotel {
	t.Helper()
	s, err := ormhooks.NewSchema(Guest{})
	require.NoError(t, err)
	h := &hotel{bare: db, schema: s}
	script, err := sqlcell.DDL(s, dialects[db.Dialect])
	require.NoError(t, err)
	for _, statement := range strings.Split(script, ";") {
		if strings.TrimSpace(statement) != "" {
			db.Run(t, statement)
		}
	}
	db.Run(t, scopes.DDL(scopes.Dialect(dialects[db.Dialect])))
	h.source = h.newSource(t, ring, time.Hour)
	h.DB = h.door(t, h.source, nil)
	return h
}

// newSource is that of another process.
func (h *hotel) newSource(t testing.TB, ring keys.Source, ttl time.Duration) *scopes.Source {
	t.Helper()
	db, err := sql.Open(h.bare.Driver, h.bare.DSN)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	return scopes.New(db, scopes.Dialect(dialects[h.bare.Dialect]), ring, &scopes.Options{Kinds: []string{"tenant"}, TTL: ttl})
}

func (h *hotel) door(t testing.TB, source keys.Source, o *sqlcell.Options) testdb.DB {
	t.Helper()
	through := h.bare
	through.DB = sql.OpenDB(sqlcell.WrapOptions(h.bare.Connector, h.schema, source, dialects[h.bare.Dialect], o))
	t.Cleanup(func() { through.DB.Close() })
	return through
}

func (h *hotel) shred(t testing.TB, tenant int) {
	t.Helper()
	_, err := scopes.NewShredder(h.bare.DB, scopes.Dialect(dialects[h.bare.Dialect]), "test", h.source).Shred(ctx, tenantScope(tenant))
	require.NoError(t, err)
}

func (h *hotel) guest(t testing.TB, id, tenant int) {
	t.Helper()
	h.Run(t, "INSERT INTO guests (id, tenant, email, notes, born, room) VALUES (?, ?, ?, ?, ?, ?)",
		id, tenant, fmt.Sprint("guest", id, "@example.com"), fmt.Sprint("allergic to nuts ", id), 1900+id, id)
}

// ids asks for ids, as one text.
func ids(db testdb.DB, c context.Context, query string, args ...any) (string, error) {
	rows, err := db.QueryContext(c, db.SQL(query), args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return "", err
		}
		all = append(all, id)
	}
	return strings.Join(all, " "), rows.Err()
}

func isDestroyed(t testing.TB, err error, tenant int) {
	t.Helper()
	var is *keys.DestroyedError
	require.ErrorAs(t, err, &is)
	require.Equal(t, tenantScope(tenant), is.Scope)
}

func TestShredded(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		h := newHotel(t, db, celltest.Ring(t))
		in := func(tenant int) context.Context { return ormhooks.WithScope(ctx, "tenant", fmt.Sprint(tenant)) }
		_, err := h.ExecContext(ctx, h.SQL("INSERT INTO guests (id, tenant, email, room) VALUES (1, 1, 'a', 1)"))
		require.ErrorAs(t, err, new(*keys.UnknownScopeError))
		require.NoError(t, h.source.Create(ctx, tenantScope(1), tenantScope(2)))
		for id := 1; id <= 6; id++ {
			h.guest(t, id, 1+id%2)
		}
		maintained := func(o segment.MaintainOptions) {
			o.Once = true
			require.NoError(t, sqlcell.Maintain(ctx, h.DB.DB, &sqlcell.MaintainOptions{MaintainOptions: o}))
		}
		maintained(segment.MaintainOptions{All: true})
		h.guest(t, 7, 2)
		h.guest(t, 8, 1)
		for _, tenant := range []int{1, 2} {
			found, err := ids(h.DB, in(tenant), "SELECT id FROM guests WHERE cellseal_match(notes, 'nuts') ORDER BY id")
			require.NoError(t, err)
			require.Equal(t, map[int]string{1: "2 4 6 8", 2: "1 3 5 7"}[tenant], found)
		}

		h.shred(t, 1)
		for _, query := range []string{
			"SELECT email FROM guests WHERE tenant = 1", "SELECT born FROM guests ORDER BY id", "SELECT * FROM guests WHERE id = 2",
			"SELECT id FROM guests WHERE email = 'guest2@example.com'", "SELECT id FROM guests WHERE cellseal_match(notes, 'nuts')",
			"SELECT id FROM guests WHERE born > 5", "SELECT id FROM guests ORDER BY born",
		} {
			_, err := ids(h.DB, in(1), query)
			if errors.As(err, new(*ormhooks.ScopeError)) { // rows of others were met first
				_, err = ids(h.DB, in(1), query+" LIMIT 1")
			}
			if err == nil || !errors.As(err, new(*ormhooks.ScopeError)) {
				isDestroyed(t, err, 1)
			}
		}
		listed, err := ids(h.DB, ctx, "SELECT id FROM guests WHERE tenant = 1 AND room > 0 ORDER BY id")
		require.NoError(t, err)
		require.Equal(t, "2 4 6 8", listed, "still listed")
		for _, write := range []string{
			"INSERT INTO guests (id, tenant, email, room) VALUES (9, 1, 'x', 1)", "UPDATE guests SET email = 'x' WHERE id = 2",
			"UPDATE guests SET tenant = 2 WHERE id = 2",
		} {
			_, err := h.Exec(write)
			isDestroyed(t, err, 1)
		}
		h.Run(t, "UPDATE guests SET room = 77 WHERE id = 4")

		// The other tenant notices nothing.
		found, err := ids(h.DB, in(2), "SELECT id FROM guests WHERE cellseal_match(notes, 'nuts') AND born > 1901 ORDER BY id")
		require.NoError(t, err)
		require.Equal(t, "3 5 7", found)
		maintained(segment.MaintainOptions{All: true, Rekey: true})
		report, err := reseal.Rows(ctx, h.DB.DB, "guests", &reseal.RowsOptions{Reindex: true})
		require.NoError(t, err)
		require.Equal(t, 8, report.Rows)
		require.Equal(t, 4, report.Wrote)
		require.Equal(t, 4, report.Destroyed)
		report, err = reseal.Verify(ctx, h.DB.DB, "guests")
		require.NoError(t, err)
		require.Equal(t, 4, report.Destroyed)
		for _, c := range report.Columns {
			require.Zero(t, c.NoCell)
			for _, n := range c.Keys {
				require.Equal(t, 4, n)
			}
		}

		// Its rows can be deleted, one by one and all at once, lists and all.
		h.Run(t, "DELETE FROM guests WHERE id = 2")
		_, err = h.Exec(h.SQL("DELETE FROM guests WHERE tenant = 1 AND room < ?"), 100)
		require.NoError(t, err)
		left, err := ids(h.DB, ctx, "SELECT id FROM guests ORDER BY id")
		require.NoError(t, err)
		require.Equal(t, "1 3 5 7", left)
		maintained(segment.MaintainOptions{All: true})
	})
}

// NULL in place of what was destroyed, if the application asks for it, and never written back.
func TestDestroyedAsNull(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		h := newHotel(t, db, celltest.Ring(t))
		require.NoError(t, h.source.Create(ctx, tenantScope(1), tenantScope(2)))
		for id := 1; id <= 4; id++ {
			h.guest(t, id, 1+id%2)
		}
		asNull := h.door(t, h.source, &sqlcell.Options{DestroyedAsNull: true})
		asNull.Run(t, "UPDATE guests SET notes = NULL WHERE id = 4") // while it lives
		stored := func() (cells string) {
			rows, err := h.bare.Query("SELECT id, email, notes, born FROM guests ORDER BY id")
			require.NoError(t, err)
			defer rows.Close()
			for rows.Next() {
				var id int
				var email, notes, born []byte
				require.NoError(t, rows.Scan(&id, &email, &notes, &born))
				if id%2 == 0 {
					cells += fmt.Sprintf("%d %x %x %x\n", id, email, notes, born)
				}
			}
			return cells
		}
		h.shred(t, 1)
		before := stored()
		var email, notes *string
		var born *int64
		var room int
		for id := 1; id <= 4; id++ {
			asNull.Scan(t, "SELECT email, notes, born, room FROM guests WHERE id = ?", []any{id}, &email, &notes, &born, &room)
			require.Equal(t, id, room)
			require.Equal(t, id%2 == 0, email == nil)
			require.Equal(t, id%2 == 0, notes == nil)
			require.Equal(t, id%2 == 0, born == nil)
		}
		_, err := ids(h.DB, ctx, "SELECT email FROM guests WHERE id = 2")
		isDestroyed(t, err, 1)

		// However that NULL comes back: as an argument, a literal, in an upsert, with the row's tenant or without.
		upsert := " ON CONFLICT (id) DO UPDATE SET email = excluded.email, room = excluded.room"
		if db.Dialect == testdb.MySQL {
			upsert = " ON DUPLICATE KEY UPDATE email = VALUES(email), room = VALUES(room)"
		}
		in := func(tenant int) context.Context { return ormhooks.WithScope(ctx, "tenant", fmt.Sprint(tenant)) }
		refused := 0
		for _, write := range []struct {
			in   context.Context
			text string
			args []any
		}{
			{ctx, "UPDATE guests SET email = ?, notes = ?, born = ?, room = ? WHERE id = 2", []any{nil, nil, nil, 5}},
			{ctx, "UPDATE guests SET email = NULL, room = 5 WHERE id = 2", nil},
			{ctx, "UPDATE guests SET born = NULL WHERE tenant = 1", nil},
			{ctx, "UPDATE guests SET born = ? WHERE tenant = ? AND id = ?", []any{nil, 1, 4}},
			{in(1), "UPDATE guests SET notes = ? WHERE id = 4", []any{nil}},
			{in(2), "UPDATE guests SET notes = NULL WHERE id = 2", nil},
			{ctx, "UPDATE guests SET email = NULL", nil},
			{ctx, "UPDATE guests SET tenant = 2, email = NULL, notes = NULL, born = NULL WHERE id = 2", nil},
			{ctx, "UPDATE guests SET tenant = 2 WHERE id = 2", nil},
			{ctx, "INSERT INTO guests (id, tenant, email, room) VALUES (2, 1, ?, 5)" + upsert, []any{nil}},
			{ctx, "INSERT INTO guests (id, tenant, email, room) VALUES (2, 1, NULL, 5)" + upsert, nil},
		} {
			_, err := asNull.ExecContext(write.in, asNull.SQL(write.text), write.args...)
			require.Error(t, err, write.text)
			if errors.As(err, new(*keys.DestroyedError)) {
				refused++
			} else {
				t.Log(write.text, err)
			}
			require.Equal(t, before, stored(), write.text)
		}
		require.GreaterOrEqual(t, refused, 8)
		asNull.Run(t, "UPDATE guests SET email = COALESCE(?, email), room = 6 WHERE id = 3", nil)
		asNull.Run(t, "UPDATE guests SET email = NULL, notes = ? WHERE id = 1", nil)
		asNull.Scan(t, "SELECT email, notes FROM guests WHERE id = 1", nil, &email, &notes)
		require.Nil(t, email)
		asNull.Run(t, "DELETE FROM guests WHERE tenant = 1")
	})
}

// Writers of two tenants while one of them is shredded: all that was written of the other opens, and of the one
// nothing does, in this process from the moment that Shred returns, in another one after its TTL.
func TestShreddedWhileWriting(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		ring := celltest.Ring(t)
		h := newHotel(t, db, ring)
		require.NoError(t, h.source.Create(ctx, tenantScope(1), tenantScope(2)))
		other := h.door(t, h.newSource(t, ring, 20*time.Millisecond), nil)
		var group sync.WaitGroup
		over, begun := make(chan bool), make(chan bool, 4)
		for w := range 4 {
			through := []testdb.DB{h.DB, other}[w/2]
			group.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-over:
						return
					default:
					}
					id := 4*n + w + 1
					_, err := through.Exec(through.SQL("INSERT INTO guests (id, tenant, email, notes, room) VALUES (?, ?, ?, 'word', 1)"), id, 1+id%2, fmt.Sprint(id))
					if err != nil && !(id%2 == 0 && errors.As(err, new(*keys.DestroyedError))) {
						t.Error(err)
						return
					}
					if n == 2 {
						begun <- true
					}
				}
			})
		}
		for range 4 {
			<-begun
		}
		h.shred(t, 1)
		_, err := h.Exec("INSERT INTO guests (id, tenant, email, room) VALUES (-1, 1, 'x', 1)")
		isDestroyed(t, err, 1)
		require.Eventually(t, func() bool {
			_, err := other.Exec("INSERT INTO guests (id, tenant, email, room) VALUES (-1, 1, 'x', 1)")
			if err == nil {
				other.Run(t, "DELETE FROM guests WHERE id = -1")
			}
			return errors.As(err, new(*keys.DestroyedError))
		}, 20*time.Second, 5*time.Millisecond)
		close(over)
		group.Wait()
		fresh := h.door(t, h.newSource(t, ring, time.Minute), nil)
		all, err := ids(fresh, ctx, "SELECT id FROM guests ORDER BY id")
		require.NoError(t, err)
		alive := 0
		for id := range strings.FieldsSeq(all) {
			email, err := ids(fresh, ctx, "SELECT email FROM guests WHERE id = "+id)
			if err == nil {
				alive++
				require.Equal(t, id, email)
			} else {
				isDestroyed(t, err, 1)
			}
		}
		require.GreaterOrEqual(t, alive, 4)
	})
}
