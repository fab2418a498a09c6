package conformance

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// TestThreeObservers asks what the application sees, what another tenant's application does, and what
// is in the database.
func TestThreeObservers(t *testing.T) {
	tenanted := func(column string) schema.Table {
		return schema.Table{
			Name: "files", Bind: bound("id"), Scope: schema.Scope{Kind: "tenant", Column: column},
			Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "tenant", Type: "int"}, sealed("title"), tokened("body")},
			Indexes: []*schema.Index{exact("title")},
		}
	}
	for name, column := range map[string]string{"scope in a column": "tenant", "scope in the context": ""} {
		t.Run(name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, db testdb.DB) {
				s := newSchema(t, tenanted(column))
				w := newWorld(t, db, s, celltest.Ring(t), "files (id :int PRIMARY KEY, tenant :int, title :exact, body :exact)")
				for id := 1; id <= 4; id++ {
					tenant := ormhooks.WithScope(ctx, "tenant", strconv.Itoa(1+id%2))
					_, err := w.ExecContext(tenant, w.SQL("INSERT INTO files (id, tenant, title, body) VALUES (?, ?, ?, ?)"), id, 1+id%2, canary, canary+"body")
					require.NoError(t, err)
				}
				celltest.AssertSealed(t, w.bare, canary)
				require.Empty(t, celltest.Found(w.rec.taken(), canary))

				mine, theirs := ormhooks.WithScope(ctx, "tenant", "1"), ormhooks.WithScope(ctx, "tenant", "2")
				r := execute(mine, w.DB, w.SQL("SELECT id, body FROM files WHERE title = ? AND tenant = 1"), canary)
				require.NoError(t, r.err)
				require.Equal(t, []string{"2 | " + canary + "body", "4 | " + canary + "body"}, r.rows)
				intruder(t, w, execute(mine, w.DB, "SELECT title FROM files WHERE tenant = 2"))
				intruder(t, w, execute(mine, w.DB, w.SQL("SELECT title FROM files WHERE title = ? AND tenant = 2"), canary))
				intruder(t, w, execute(ctx, w.DB, w.SQL("SELECT title FROM files WHERE title = ? OR id = 2"), canary))

				granted, err := keys.Grant(ctx, celltest.Ring(t), keys.CellTree(keys.Scope("tenant", "2")), keys.IndexTree(keys.Scope("tenant", "2")))
				require.NoError(t, err)
				other := sql.OpenDB(sqlcell.Wrap(w.rec, s, granted, dialects[db.Dialect]))
				defer other.Close()
				for _, c := range []context.Context{ctx, mine, theirs} {
					intruder(t, w, execute(c, other, "SELECT title FROM files WHERE tenant = 1"))
					intruder(t, w, execute(c, other, w.SQL("SELECT body FROM files WHERE title = ? AND tenant = 1"), canary))
					intruder(t, w, execute(c, other, w.SQL("UPDATE files SET title = ? WHERE id = 2"), canary+"x"))
					if column != "" { // else it is a column like any other
						intruder(t, w, execute(c, other, w.SQL("UPDATE files SET tenant = 2 WHERE id = 2")))
					}
				}
				r = execute(theirs, other, w.SQL("SELECT id, title FROM files WHERE title = ? AND tenant = 2"), canary)
				require.NoError(t, r.err)
				require.Equal(t, []string{"1 | " + canary, "3 | " + canary}, r.rows)
				r = execute(mine, w.DB, "SELECT id, title FROM files WHERE tenant = 1")
				require.NoError(t, r.err)
				require.Equal(t, []string{"2 | " + canary, "4 | " + canary}, r.rows, "nothing was changed by the others")
				celltest.AssertSealed(t, w.bare, canary)
			})
		})
	}
}

// intruder wants an error of a known type, or nothing at all, and never data.
func intruder(t *testing.T, w *world, r result) {
	t.Helper()
	require.Empty(t, r.rows)
	require.Zero(t, r.affected)
	require.Empty(t, celltest.Found(w.rec.taken(), canary))
	if r.err == nil {
		return
	}
	require.Empty(t, celltest.Found([]byte(r.err.Error()), canary))
	known := isRefusal(r.err) || errors.Is(r.err, cell.ErrDecrypt) || errors.As(r.err, new(*keys.DeniedError)) ||
		errors.As(r.err, new(*ormhooks.ScopeError)) || errors.As(r.err, new(*ormhooks.CellError))
	require.True(t, known, "%T: %v", r.err, r.err)
}

// TestACellThatWasMovedDoesNotOpen swaps cells in the database behind the application's back.
func TestACellThatWasMovedDoesNotOpen(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := newWorld(t, db, newSchema(t, people()), celltest.Ring(t), peopleTable)
		for id := 1; id <= 3; id++ {
			w.Run(t, "INSERT INTO people (id, email, ssn, city) VALUES (?, ?, ?, ?)", id, canary, "ssn"+strconv.Itoa(id), canary+"city")
		}
		for _, move := range []string{
			"UPDATE people SET city = email WHERE id = 1",                                                            // into another column
			"UPDATE people SET email = (SELECT x.email FROM (SELECT email FROM people WHERE id = 3) x) WHERE id = 1", // into another row
			"UPDATE people SET ssn = email WHERE id = 1",                                                             // into another mode
		} {
			run(t, w.bare, move)
			r := execute(ctx, w.DB, "SELECT email, ssn, city FROM people WHERE id = 1")
			require.Error(t, r.err, move)
			var at *ormhooks.CellError
			require.ErrorAs(t, r.err, &at, move)
			require.Equal(t, "people", at.Table)
			require.Empty(t, r.rows)
			run(t, w.bare, "DELETE FROM people WHERE id = 1")
			w.Run(t, "INSERT INTO people (id, email, ssn, city) VALUES (1, ?, 'ssn1', ?)", canary, canary+"city")
		}
		run(t, w.bare, "UPDATE people SET email__eq = (SELECT x.t FROM (SELECT email__eq AS t FROM people WHERE id = 2) x), email = NULL WHERE id = 3")
		r := execute(ctx, w.DB, w.SQL("SELECT id, email FROM people WHERE email = ?"), canary)
		require.ErrorIs(t, r.err, ormhooks.ErrTerm, "a row that is found by a term which is not of its value")
	})
}
