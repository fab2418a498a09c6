package conformance

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search/segment"
)

const notesTable = "notes (id :int PRIMARY KEY, n :int, memo :exact, years :int, shelf :exact)"

// notesWorld is notes with some rows, on servers that have several writers.
func notesWorld(t *testing.T, db testdb.DB) *world {
	w := newWorld(t, db, newSchema(t, notes()), celltest.Ring(t), notesTable)
	w.lists(t)
	w.renew(t)
	return w
}

// renew puts the rows back.
func (w *world) renew(t *testing.T) {
	w.both(t, "DELETE FROM notes")
	for id, memo := range []any{"keep one", "keep two", "drop three", nil, "drop five"} {
		w.both(t, "INSERT INTO notes (id, n, memo, years) VALUES (?, 0, ?, ?)", id+1, memo, 10*id)
	}
}

func lists(t testing.TB, bare *sql.DB, dialect string) {
	for _, statement := range segment.NewStore(dialects[dialect], nil).DDL() {
		run(t, bare, statement)
	}
}

func eachServer(t *testing.T, f func(t *testing.T, db testdb.DB)) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect == testdb.SQLite {
			t.Skip("has one writer")
		}
		f(t, db)
	})
}

// A row that comes to match while a statement waits for it is not written by one that asks which rows do not.
func TestWhatIsDeniedIsAskedAgainWhenARowWasWaitedFor(t *testing.T) {
	eachServer(t, func(t *testing.T, db testdb.DB) {
		w := notesWorld(t, db)
		for _, statement := range []string{
			"DELETE FROM notes WHERE NOT (memo LIKE '%keep%')",
			"UPDATE notes SET n = 1 WHERE memo NOT LIKE '%keep%'",
			"UPDATE notes SET shelf = 'x' WHERE NOT (memo LIKE '%keep%')",
			"SELECT id FROM notes WHERE memo NOT LIKE '%keep%' ORDER BY id FOR UPDATE",
		} {
			for _, level := range []sql.IsolationLevel{sql.LevelDefault, sql.LevelReadCommitted} {
				t.Run(fmt.Sprint(level, " ", statement), func(t *testing.T) {
					w.renew(t)
					writer, err := w.DB.Begin()
					require.NoError(t, err)
					_, err = writer.Exec("UPDATE notes SET memo = 'keep after all' WHERE id = 3")
					require.NoError(t, err)
					done := make(chan result)
					go func() {
						tx, err := w.DB.BeginTx(ctx, &sql.TxOptions{Isolation: level})
						if err != nil {
							done <- result{err: err}
							return
						}
						r := execute(ctx, tx, statement)
						if r.err == nil {
							r.err = tx.Commit()
						}
						done <- r
					}()
					time.Sleep(150 * time.Millisecond)
					require.NoError(t, writer.Commit())
					r := <-done
					require.NoError(t, r.err)
					require.NotContains(t, r.rows, "3")
					r = execute(ctx, w.DB, "SELECT id, n, memo, shelf FROM notes WHERE id = 3")
					require.Equal(t, []string{"3 | 0 | keep after all | NULL"}, r.rows)
					r = execute(ctx, w.DB, "SELECT id FROM notes WHERE id = 5 AND n = 0 AND shelf IS NULL")
					require.Equal(t, strings.HasPrefix(statement, "SELECT"), len(r.rows) == 1, "what does not match is written")
				})
			}
		}
	})
}

// What writes or locks rows in a transaction that has read before sees those that were committed since, where the
// server does.
func TestRowsThatAreNewerThanTheTransactionAreWritten(t *testing.T) {
	eachServer(t, func(t *testing.T, db testdb.DB) {
		w := notesWorld(t, db)
		for _, statement := range []string{
			"UPDATE notes SET n = 1 WHERE memo LIKE '%keep%'",
			"UPDATE notes SET memo = 'gone' WHERE years > 5",
			"SELECT id FROM notes WHERE memo LIKE '%keep%' ORDER BY id FOR UPDATE",
			"DELETE FROM notes WHERE memo LIKE '%keep%'",
		} {
			for _, level := range []sql.IsolationLevel{sql.LevelReadCommitted, sql.LevelRepeatableRead} {
				w.renew(t)
				results := map[string]result{}
				for name, on := range map[string]*sql.DB{"door": w.DB.DB, "twin": w.twin.DB} {
					tx, err := on.BeginTx(ctx, &sql.TxOptions{Isolation: level})
					require.NoError(t, err)
					require.NoError(t, execute(ctx, tx, "SELECT count(*) FROM notes WHERE memo LIKE '%keep%'").err)
					_, err = on.Exec("INSERT INTO notes (id, n, memo, years) VALUES (9, 0, 'keep nine', 90)")
					require.NoError(t, err)
					results[name] = execute(ctx, tx, statement)
					require.NoError(t, tx.Commit())
				}
				require.Equal(t, results["twin"], results["door"], "%s %s", level, statement)
			}
		}
	})
}

// Rows that an index finds are told apart by a key. One that is unique among some rows only does not tell them.
func TestAPartialKeyTellsNoRowsApart(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect == testdb.MySQL {
			t.Skip("has no partial indexes")
		}
		soft := schema.Table{Name: "soft", Bind: bound("code"), Columns: []*schema.Column{{Name: "code", Type: "int"}, sealed("memo")}, Indexes: []*schema.Index{{Kind: "substring", Columns: notes().Indexes[0].Columns}}}
		w := newWorld(t, db, newSchema(t, soft), celltest.Ring(t), "soft (id :int PRIMARY KEY, code :int, gone :int, memo :exact)")
		w.lists(t)
		run(t, w.bare, "CREATE UNIQUE INDEX soft_code ON soft (code) WHERE gone IS NULL")
		w.both(t, "INSERT INTO soft (id, code, gone, memo) VALUES (1, 7, 1, 'old'), (2, 7, NULL, 'new')")
		for _, text := range []string{"SELECT id FROM soft WHERE memo LIKE '%old%'", "SELECT DISTINCT code, memo FROM soft ORDER BY memo", "UPDATE soft SET memo = 'same'", "SELECT DISTINCT code, memo FROM soft",
			"UPDATE soft SET memo = 'other' WHERE id = 2", "SELECT id, memo FROM soft ORDER BY id"} {
			got, want := execute(ctx, w.DB, text), execute(ctx, w.twin, text)
			require.NoError(t, want.err)
			if strings.Contains(text, "LIKE") {
				require.True(t, isRefusal(got.err), "%s: %v", text, got.err)
				continue
			}
			require.Equal(t, want, got, text)
		}
	})
}

// A UUID is found however it is stored, or is not listed.
func TestKeysAreFoundHoweverTheyAreSpelled(t *testing.T) {
	types := map[string][]string{
		testdb.SQLite: {"TEXT", "BLOB", "TEXT COLLATE NOCASE"}, testdb.Postgres: {"UUID"},
		testdb.MySQL: {"CHAR(36)", "VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin", "UUID", "VARBINARY(36)", "BINARY(16)"},
	}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		parcels := schema.Table{Name: "parcels", Bind: bound("id"), Columns: []*schema.Column{{Name: "id", Type: "uuid"}, sealed("memo")}, Indexes: notes().Indexes[:1]}
		parcels.Indexes = append(parcels.Indexes, &schema.Index{Kind: "sorted", Columns: notes().Indexes[0].Columns})
		for _, typ := range types[db.Dialect] {
			db := db.Beside(t)
			run(t, db.DB, "CREATE TABLE parcels (id "+typ+" PRIMARY KEY, memo "+db.Types.Blob+")")
			lists(t, db.DB, db.Dialect)
			w := wrapOnly(t, db, newSchema(t, parcels), celltest.Ring(t))
			given := []any{"aabbccdd-0000-4000-8000-000000000001", "AABBCCDD-0000-4000-8000-000000000002", []byte("\xaa\xbb\xcc\xdd\x00\x00\x40\x00\x80\x00\x00\x00\x00\x00\x00\x03")}
			switch {
			case typ == "BINARY(16)":
				given = given[2:]
			case db.Dialect == testdb.Postgres, db.Dialect == testdb.MySQL && typ != "VARBINARY(36)":
				given = given[:2]
			}
			for _, id := range given {
				w.Run(t, "INSERT INTO parcels (id, memo) VALUES (?, 'a memo')", id)
			}
			for _, text := range []string{"SELECT memo FROM parcels WHERE memo LIKE '%memo%'", "SELECT memo FROM parcels WHERE memo > 'a' ORDER BY memo LIMIT 3", "UPDATE parcels SET memo = 'a memo more' WHERE memo LIKE '%memo%'"} {
				r := execute(ctx, w.DB, text)
				require.NoError(t, r.err, "%s: %s", typ, text)
				require.Equal(t, int64(len(given)), int64(len(r.rows))+r.affected, "%s: %s", typ, text)
			}
			_, err := w.DB.Exec(w.SQL("INSERT INTO parcels (id, memo) VALUES (?, 'a memo')"), "AABBccdd-0000-4000-8000-000000000004")
			if db.Dialect != testdb.Postgres && typ != "BINARY(16)" {
				require.ErrorAs(t, err, new(*ormhooks.ColumnError), typ)
			}
		}
	})
}

// Lists beside a table of another schema are not shared by two tables of one name.
func TestTablesOfOneNameShareNoLists(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect != testdb.Postgres {
			t.Skip("has no schemas")
		}
		lists(t, db.DB, db.Dialect)
		for _, in := range []string{"north", "south"} {
			run(t, db.DB, "CREATE SCHEMA "+in)
			run(t, db.DB, "CREATE TABLE "+in+".notes (id BIGINT PRIMARY KEY, n BIGINT, memo BYTEA, years BYTEA, shelf BYTEA)")
		}
		w := wrapOnly(t, db, newSchema(t, notes()), celltest.Ring(t))
		c, err := w.DB.Conn(ctx)
		require.NoError(t, err)
		defer c.Close()
		for _, in := range []string{"north", "south"} {
			require.NoError(t, execute(ctx, c, "SET search_path = "+in+", public").err)
			for _, text := range []string{"INSERT INTO notes (id, memo) VALUES (1, 'one')", "SELECT id FROM notes WHERE memo LIKE '%one%'", "UPDATE notes SET memo = 'two' WHERE id = 1"} {
				require.ErrorContains(t, execute(ctx, c, text).err, "several schemas", text)
			}
		}
		for _, in := range []string{"north", "south"} {
			require.NoError(t, execute(ctx, c, "SET search_path = "+in).err)
			for _, statement := range segment.NewStore(dialects[db.Dialect], nil).DDL() {
				require.NoError(t, execute(ctx, c, statement).err)
			}
			require.NoError(t, execute(ctx, c, "INSERT INTO notes (id, memo) VALUES (1, 'one of "+in+"')").err)
		}
		require.NoError(t, execute(ctx, c, "UPDATE notes SET memo = 'another' WHERE id = 1").err)
		require.NoError(t, execute(ctx, c, "SET search_path = north").err)
		require.Equal(t, []string{"1"}, execute(ctx, c, "SELECT id FROM notes WHERE memo LIKE '%one%'").rows)
	})
}

// With the client counting rows that it found, IGNORE counts what stayed as it was.
func TestIgnoredRowsKeepTheirEntries(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect != testdb.MySQL {
			t.Skip("has no UPDATE IGNORE")
		}
		w := notesWorld(t, db)
		for _, text := range []string{"UPDATE IGNORE notes SET id = 2 WHERE id = 1", "UPDATE IGNORE notes SET id = 2, memo = 'other' WHERE id = 1", "UPDATE IGNORE notes SET memo = 'now' WHERE id = 3", "UPDATE IGNORE notes SET id = 30 WHERE id = 3"} {
			w.both(t, text)
			for _, ask := range []string{"SELECT id, memo FROM notes WHERE memo LIKE '%keep%' ORDER BY id", "SELECT id FROM notes WHERE memo LIKE '%now%'", "SELECT id FROM notes WHERE years >= 0 ORDER BY id"} {
				require.Equal(t, execute(ctx, w.twin, ask), execute(ctx, w.DB, ask), "%s; %s", text, ask)
			}
		}
	})
}

// In the context of one scope nothing is said of rows of others: neither that they do not match, nor which is the first.
func TestNothingIsSaidOfRowsOfOtherScopes(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := newWorld(t, db, newSchema(t, guests()), celltest.Ring(t), "guests (house :int, room :key, n :int, years :int, shelf :exact, PRIMARY KEY (house, room))")
		w.lists(t)
		for i := range 6 {
			w.both(t, "INSERT INTO guests (house, room, n, years, shelf) VALUES (?, ?, 0, ?, 'a')", 1+i%2, fmt.Sprint("r", i), 10*i)
		}
		one := ormhooks.WithScope(ctx, "house", "1")
		for _, text := range []string{
			"SELECT count(*) FROM guests WHERE NOT (years > 15)", "SELECT count(*) FROM guests WHERE years <> 10", "DELETE FROM guests WHERE NOT (years > 15)",
			"SELECT room, years > 15 FROM guests", "UPDATE guests SET n = 1 WHERE years NOT BETWEEN 5 AND 15",
		} {
			r := execute(one, w.DB, text)
			require.True(t, isRefusal(r.err), "%s: %v %q", text, r.err, r.rows)
		}
		for _, text := range []string{"SELECT max(years) FROM guests", "SELECT room, years FROM guests ORDER BY years LIMIT 2"} {
			require.ErrorAs(t, execute(one, w.DB, text).err, new(*ormhooks.ScopeError), text)
		}
		for _, text := range []string{"SELECT count(*) FROM guests WHERE house = 1 AND NOT (years > 15)", "SELECT max(years) FROM guests WHERE house = 1", "SELECT room, years FROM guests WHERE house = 1 ORDER BY years DESC LIMIT 2",
			"UPDATE guests SET n = 1 WHERE NOT (years > 15) AND house = 1", "DELETE FROM guests WHERE house = 1 AND years <> 20"} {
			got, want := execute(one, w.DB, text), execute(ctx, w.twin, text)
			require.Equal(t, want, got, text)
		}
	})
}
