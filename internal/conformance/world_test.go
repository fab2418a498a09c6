package conformance

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

var ctx = context.Background()

var dialects = map[string]sqlcell.Dialect{testdb.SQLite: sqlcell.SQLite, testdb.Postgres: sqlcell.PostgreSQL, testdb.MySQL: sqlcell.MySQL}

// A world is one database behind the door, and a plain twin of it that holds the same.
type world struct {
	testdb.DB           // through the door
	bare      *sql.DB   // past it
	twin      testdb.DB // another database, without anything protected
	rec       *recorder
	schema    *ormhooks.Schema
}

// newWorld makes both databases, with the tables that defs define: see define.
func newWorld(t testing.TB, db testdb.DB, s *ormhooks.Schema, source keys.Source, defs ...string) *world {
	t.Helper()
	w := &world{DB: db, bare: db.DB, twin: db.Beside(t), schema: s}
	w.rec = &recorder{base: tuned(t, db)}
	w.DB.DB = sql.OpenDB(sqlcell.Wrap(w.rec, s, source, dialects[db.Dialect]))
	w.twin.DB = sql.OpenDB(tuned(t, w.twin))
	t.Cleanup(func() { w.DB.Close(); w.twin.Close() })
	if db.Dialect == testdb.Postgres {
		w.twin.Run(t, "CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
	}
	for _, def := range defs {
		w.define(t, def)
	}
	return w
}

// wrapOnly puts the door before a database, without a twin.
func wrapOnly(t testing.TB, db testdb.DB, s *ormhooks.Schema, source keys.Source) *world {
	t.Helper()
	w := &world{DB: db, bare: db.DB, rec: &recorder{base: tuned(t, db)}, schema: s}
	w.DB.DB = sql.OpenDB(sqlcell.Wrap(w.rec, s, source, dialects[db.Dialect]))
	t.Cleanup(func() { w.DB.Close() })
	return w
}

// tuned is a database's connector for a comparison. MySQL is to count the rows that an UPDATE
// finds: those that it changes are more with cells, no two of which are alike.
func tuned(t testing.TB, db testdb.DB) driver.Connector {
	t.Helper()
	switch db.Dialect {
	case testdb.Postgres: // nothing of this outlives a crash anyway
		db.Run(t, "DO $$BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET synchronous_commit = off'; END$$")
	case testdb.MySQL:
		config, err := mysql.ParseDSN(db.DSN)
		require.NoError(t, err)
		config.ClientFoundRows = true
		config.Logger = &mysql.NopLogger{} // connections are killed
		connector, err := mysql.NewConnector(config)
		require.NoError(t, err)
		return connector
	}
	return db.Connector
}

// plainTypes are the types of a twin's columns, by the words of a definition.
var plainTypes = map[string]map[string]string{
	testdb.SQLite: {"int": "INTEGER", "text": "TEXT", "key": "TEXT", "exact": "TEXT", "folded": "TEXT COLLATE NOCASE", "uuid": "BLOB"},
	testdb.Postgres: {"int": "BIGINT", "text": "TEXT", "key": `TEXT COLLATE "C"`, "exact": `TEXT COLLATE "C"`,
		"folded": "TEXT COLLATE folded", "uuid": "UUID"},
	testdb.MySQL: {"int": "BIGINT", "text": "LONGTEXT", "key": "VARBINARY(190)", "uuid": "BINARY(16)",
		"exact":  "VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
		"folded": "VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_nopad_ci"},
}

var (
	typeWord  = regexp.MustCompile(`:(\w+)`)
	tableName = regexp.MustCompile(`^(\w+) \(`)
)

// define makes one table in both databases. A definition is that of the twin, with :word for a
// type, as "users (id :int PRIMARY KEY, email :folded)"; the protected columns take
// what the schema says, and the library's own columns come behind them.
func (w *world) define(t testing.TB, def string) {
	t.Helper()
	words := plainTypes[w.Dialect]
	plain := typeWord.ReplaceAllStringFunc(def, func(word string) string { return words[word[1:]] })
	w.twin.Run(t, "CREATE TABLE "+plain)
	name := tableName.FindStringSubmatch(def)[1]
	table := w.schema.Table(name)
	if table == nil {
		run(t, w.bare, "CREATE TABLE "+plain)
		return
	}
	for _, c := range table.Columns {
		if c.Protected() {
			def = regexp.MustCompile(`\b`+c.Name+` :\w+( NOT NULL)?`).ReplaceAllString(def, c.Name+" "+w.storedType(c))
		}
	}
	own := ""
	for hidden := range table.Hidden() {
		ty := w.Types.Term
		if strings.HasSuffix(hidden, "__kid") || strings.HasSuffix(hidden, "__n") || strings.HasSuffix(hidden, "__sum") {
			ty = w.Types.Int
		}
		own += ", " + hidden + " " + ty
	}
	def = typeWord.ReplaceAllStringFunc(def, func(word string) string { return words[word[1:]] })
	if at := strings.Index(def, ", PRIMARY KEY"); at >= 0 {
		def = def[:at] + own + def[at:]
	} else {
		def = strings.TrimSuffix(def, ")") + own + ")"
	}
	run(t, w.bare, "CREATE TABLE "+def)
	for i, x := range table.Indexes {
		unique := ""
		if x.Unique {
			unique = "UNIQUE "
			var on []string
			for _, c := range x.Protected() {
				on = append(on, c.Name)
			}
			w.twin.Run(t, fmt.Sprintf("CREATE UNIQUE INDEX %s_x%d ON %s (%s)", name, i, name, strings.Join(on, ", ")))
		}
		run(t, w.bare, fmt.Sprintf("CREATE %sINDEX %s_x%d ON %s (%s)", unique, name, i, name, x.Hidden()))
	}
}

// storedType is what a protected column is in the database.
func (w *world) storedType(c *schema.Column) string {
	if c.Text || c.Alphabet != nil {
		return w.Types.Text
	}
	return w.Types.Blob
}

func run(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	_, err := db.Exec(query, args...)
	require.NoError(t, err, query)
}

// both executes a statement with ? as placeholders on both databases, and wants it to work.
func (w *world) both(t testing.TB, query string, args ...any) {
	t.Helper()
	w.Run(t, query, args...)
	w.twin.Run(t, query, args...)
}

// A result is all that a statement has to say.
type result struct {
	columns  []string
	rows     []string // each as one text
	affected int64
	err      error
}

// A runner is a *sql.DB, a *sql.Conn or a *sql.Tx.
type runner interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}

var returns = regexp.MustCompile(`(?is)^[\s(]*(/\*.*?\*/\s*|--[^\n]*\n\s*)*(SELECT|WITH|VALUES|TABLE|EXPLAIN|SHOW|DESCRIBE|PRAGMA|FETCH|ANALYZE)\b|\bRETURNING\b`)

// execute runs a statement and reads all that comes back. Rows are sorted unless the
// statement does so itself.
func execute(c context.Context, db runner, query string, args ...any) (r result) {
	if !returns.MatchString(query) {
		done, err := db.ExecContext(c, query, args...)
		if r.err = err; err == nil {
			r.affected, r.err = done.RowsAffected()
		}
		return r
	}
	rows, err := db.QueryContext(c, query, args...)
	if err != nil {
		return result{err: err}
	}
	defer rows.Close()
	if r.columns, r.err = rows.Columns(); r.err != nil {
		return r
	}
	for rows.Next() {
		values, into := make([]any, len(r.columns)), make([]any, len(r.columns))
		for i := range values {
			into[i] = &values[i]
		}
		if r.err = rows.Scan(into...); r.err != nil {
			return r
		}
		var texts []string
		for _, v := range values {
			texts = append(texts, shown(v))
		}
		r.rows = append(r.rows, strings.Join(texts, " | "))
	}
	r.err = rows.Err()
	if !strings.Contains(strings.ToUpper(query), "ORDER BY") {
		slices.Sort(r.rows)
	}
	return r
}

// shown is a value as text: a driver may deliver text as bytes here and as a string there.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case []byte:
		return string(v)
	}
	return fmt.Sprint(v)
}
