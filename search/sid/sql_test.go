package sid_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	mrand "math/rand/v2"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/searchtest"
	"github.com/cellseal/cellseal/search/sid"
)

// Inserted, inserted again, removed, found under two keys: what is found is what is there.
func TestFindIsWhatIsThere(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		ring := searchtest.NewRing(t)
		c := searchtest.Conn{On: db}
		r := mrand.New(mrand.NewPCG(8, 9))
		for size, label := range map[int]keys.Label{8: sid.Label("city", search.Fold), 16: sid.Label("town", search.Fold)} { // in one table
			o := sid.Options{Dialect: searchtest.Dialects[db.Dialect], RowSize: size}
			x := index(t, ring, label, o)
			for _, q := range x.DDL("") {
				db.Run(t, q)
			}
			id := func(i int) []byte { return append(make([]byte, size-8), sid.Int(int64(i))...) }
			truth := map[int]int{}
			city := func(n int) string { return fmt.Sprintf("City %d", n) }
			for i := range 40 {
				if i == 20 {
					ring = searchtest.Rotated(t, ring)
					x = index(t, ring, label, o)
				}
				var batch []sid.Entry
				for range 1 + r.IntN(20) {
					row := r.IntN(300)
					if old, known := truth[row]; known {
						require.NoError(t, x.Remove(t.Context(), c, id(row), city(old)))
						delete(truth, row)
					}
					if r.IntN(4) > 0 {
						truth[row] = r.IntN(6)
						e := entry(t, x, id(row), city(truth[row]))
						require.NoError(t, x.Insert(t.Context(), c, e))
						batch = append(batch, e, sid.Entry{})
					}
				}
				if len(batch) > 0 && r.IntN(2) == 0 { // the last is there already
					require.NoError(t, x.Insert(t.Context(), c, batch[len(batch)-2:]...))
				}
				if i%10 < 9 {
					continue
				}
				for n := range 7 {
					var want [][]byte
					for row := range 300 {
						if at, known := truth[row]; known && at == n {
							want = append(want, id(row))
						}
					}
					have, err := x.Find(t.Context(), c, "CITY "+fmt.Sprint(n))
					require.NoError(t, err)
					require.Equal(t, want, have)
				}
			}
		}
	})
}

func TestInsertManyAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		x := index(t, searchtest.NewRing(t), sid.Label("city"), sid.Options{Dialect: searchtest.Dialects[db.Dialect]})
		db.Run(t, x.DDL("")[0])
		var list []sid.Entry
		for i := range 1000 {
			list = append(list, entry(t, x, sid.Int(int64(i)), "Cork"))
		}
		c := searchtest.Conn{On: db}
		for range 2 {
			require.NoError(t, x.Insert(t.Context(), c, list...))
		}
		rows, err := x.Find(t.Context(), c, "Cork")
		require.NoError(t, err)
		require.Len(t, rows, 1000)
		require.Equal(t, sid.Int(999), rows[999])
		require.NoError(t, x.Insert(t.Context(), c), "nothing to do")
	})
}

// The role can search, insert and remove entries, and can read no row of the table they are of.
func TestTheRoleReadsNoRows(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect == testdb.SQLite {
			t.Skip("SQLite has no roles")
		}
		suffix := make([]byte, 6)
		rand.Read(suffix)
		name := "cellseal_test_" + hex.EncodeToString(suffix)
		db.Run(t, "CREATE TABLE patients (id "+db.Types.Int+" PRIMARY KEY, diagnosis "+db.Types.Blob+")")
		db.Run(t, "INSERT INTO patients (id) VALUES (42)")
		x := index(t, searchtest.NewRing(t), sid.Label("diagnosis"), sid.Options{Dialect: searchtest.Dialects[db.Dialect], Schema: name})
		role, from := asRole(t, db, name, x)

		require.NoError(t, x.Insert(t.Context(), role, entry(t, x, sid.Int(42), "E11.9"), entry(t, x, sid.Int(43), "E11.9")))
		require.NoError(t, x.Remove(t.Context(), role, sid.Int(43), "E11.9"))
		rows, err := x.Find(t.Context(), role, "E11.9")
		require.NoError(t, err)
		require.Equal(t, [][]byte{sid.Int(42)}, rows)

		for _, q := range []string{
			"SELECT * FROM " + from, "SELECT COUNT(*) FROM " + from, "UPDATE " + from + " SET diagnosis = NULL", "DELETE FROM " + from,
			"DROP TABLE " + name + ".cellseal_sids", "UPDATE " + name + ".cellseal_sids SET sid = token", "CREATE TABLE " + name + ".more (a BIGINT)",
		} {
			_, err := role.Exec(t.Context(), q)
			require.Error(t, err, q)
			require.Regexp(t, "denied|must be owner", err.Error(), q)
		}
	})
}

// asRole makes schema and role, and returns a connection of the role, and the patients' table by its
// whole name.
func asRole(t *testing.T, db testdb.DB, name string, x *sid.Index) (role searchtest.Conn, from string) {
	if db.Dialect == testdb.Postgres {
		db.Run(t, "CREATE ROLE "+name)
		t.Cleanup(func() {
			db.Run(t, "DROP OWNED BY "+name)
			db.Run(t, "DROP ROLE "+name)
		})
		for _, q := range x.DDL(name) {
			db.Run(t, q)
		}
		one, err := db.Conn(t.Context())
		require.NoError(t, err)
		_, err = one.ExecContext(t.Context(), "SET ROLE "+name)
		require.NoError(t, err)
		t.Cleanup(func() {
			_, err := one.ExecContext(context.Background(), "RESET ROLE")
			require.NoError(t, err)
			one.Close()
		})
		return searchtest.Conn{On: one}, "public.patients"
	}
	config, err := mysql.ParseDSN(db.DSN)
	require.NoError(t, err)
	from = config.DBName + ".patients"
	db.Run(t, "CREATE USER '"+name[:20]+"'@'%' IDENTIFIED BY 'secret'")
	t.Cleanup(func() {
		db.Run(t, "DROP USER '"+name[:20]+"'@'%'")
		db.Run(t, "DROP DATABASE "+name)
	})
	for _, q := range x.DDL(name[:20] + "@%") {
		db.Run(t, q)
	}
	config.User, config.Passwd, config.DBName = name[:20], "secret", name
	as, err := sql.Open("mysql", config.FormatDSN())
	require.NoError(t, err)
	t.Cleanup(func() { as.Close() })
	return searchtest.Conn{On: as}, from
}

// A name cannot leave its quotes.
func TestNamesAreQuoted(t *testing.T) {
	ring := searchtest.NewRing(t)
	for d, want := range map[search.Dialect]string{
		search.PostgreSQL: `CREATE TABLE IF NOT EXISTS "a""; DROP"."b" (`,
		search.SQLite:     `CREATE TABLE IF NOT EXISTS "a""; DROP"."b" (`,
		search.MySQL:      "CREATE TABLE IF NOT EXISTS `a\"; DROP`.`b` (",
	} {
		ddl := index(t, ring, sid.Label("c"), sid.Options{Dialect: d, Schema: `a"; DROP`, Table: "b"}).DDL("")
		require.Contains(t, ddl[len(ddl)-1], want)
	}
	ddl := index(t, ring, sid.Label("c"), sid.Options{Dialect: search.MySQL, Schema: "s"}).DDL("a`b@10.%")
	require.Equal(t, "GRANT SELECT, INSERT, DELETE ON `s`.`cellseal_sids` TO `a``b`@`10.%`", ddl[len(ddl)-1])
}
