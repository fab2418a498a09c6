package testdb_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
)

func TestEachGivesAFreshDatabase(t *testing.T) {
	for range 2 { // the table of the first round is not there in the second
		testdb.Each(t, func(t *testing.T, db testdb.DB) {
			db.Run(t, "CREATE TABLE fresh (id "+db.Types.Int+" PRIMARY KEY, body "+db.Types.Blob+")")
			db.Run(t, "INSERT INTO fresh (id, body) VALUES (?, ?)", 7, []byte("seven"))
			if db.File != "" {
				require.FileExists(t, db.File, "a # in a test's name must not cut the path short")
			}
			var body []byte
			db.Scan(t, "SELECT body FROM fresh WHERE id = ? AND '?' <> '!'", []any{7}, &body)
			require.Equal(t, "seven", string(body))
		})
	}
}

func TestTheDatabaseIsDropped(t *testing.T) {
	left := map[string]testdb.DB{}
	t.Run("open", func(t *testing.T) {
		testdb.Each(t, func(t *testing.T, db testdb.DB) {
			db.Run(t, "CREATE TABLE gone (id "+db.Types.Int+")")
			left[db.Dialect] = db
		})
	})
	for dialect, db := range left {
		if dialect == testdb.SQLite {
			require.NoFileExists(t, db.File)
			continue
		}
		again, err := sql.Open(db.Driver, db.DSN)
		if err == nil {
			err = again.Ping()
			again.Close()
		}
		require.Error(t, err, dialect)
	}
}

func TestASecondPoolSeesTheSameDatabase(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		db.Run(t, "CREATE TABLE shared (id "+db.Types.Int+")")
		second, err := sql.Open(db.Driver, db.DSN)
		require.NoError(t, err)
		defer second.Close()
		_, err = second.Exec("INSERT INTO shared VALUES (1)")
		require.NoError(t, err)
	})
}

func TestEveryColumnTypeExists(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		ty := db.Types
		db.Run(t, "CREATE TABLE types (a "+ty.Blob+", b "+ty.Term+" UNIQUE, c "+ty.Text+", d "+ty.Key+" PRIMARY KEY, e "+ty.Int+
			", f "+ty.Uint+", g "+ty.UUID+", h "+ty.Bool+")")
	})
}

func TestPlaceholders(t *testing.T) {
	for query, want := range map[string]string{
		"SELECT ?":                        "SELECT $1",
		"INSERT INTO t VALUES (?, ?, ?)":  "INSERT INTO t VALUES ($1, $2, $3)",
		`SELECT '?', "?" WHERE x = ?`:     `SELECT '?', "?" WHERE x = $1`,
		"SELECT 'it''s ?' WHERE x = ?":    "SELECT 'it''s ?' WHERE x = $1",
		"SELECT 1":                        "SELECT 1",
		"UPDATE t SET a = ? WHERE b = '?": "UPDATE t SET a = $1 WHERE b = '?",
	} {
		require.Equal(t, want, testdb.DB{Dialect: testdb.Postgres}.SQL(query))
		require.Equal(t, query, testdb.DB{Dialect: testdb.SQLite}.SQL(query))
		require.Equal(t, query, testdb.DB{Dialect: testdb.MySQL}.SQL(query))
	}
}

func TestBytesHoldsWhatIsNotCheckpointedYet(t *testing.T) {
	db := testdb.OpenSQLite(t)
	db.Run(t, "CREATE TABLE t (s TEXT)")
	db.Run(t, "INSERT INTO t VALUES ('found in the log')")
	file, err := os.ReadFile(db.File)
	require.NoError(t, err)
	require.NotContains(t, string(file), "found in the log", "or this test shows nothing")
	require.Contains(t, string(db.Bytes(t)), "found in the log")
}
