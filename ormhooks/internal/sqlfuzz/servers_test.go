package sqlfuzz

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
)

// The tables as the application believes them to be, and as they are.
var plainTables = []string{
	"CREATE TABLE users (id BIGINT PRIMARY KEY, email KEYTEXT, ssn KEYTEXT UNIQUE, name KEYTEXT, age INT, deleted_at TIMESTAMP NULL)",
	"CREATE TABLE notes (id BIGINT PRIMARY KEY, tenant_id BIGINT, title KEYTEXT, body KEYTEXT)",
	"CREATE TABLE people (id BIGINT PRIMARY KEY, given KEYTEXT, family KEYTEXT)",
	"CREATE TABLE docs (id BIGINT PRIMARY KEY, memo KEYTEXT, years BIGINT, shelf KEYTEXT, n BIGINT UNIQUE)",
	"CREATE TABLE files (id BIGINT PRIMARY KEY, tenant_id BIGINT, label KEYTEXT)",
	"CREATE TABLE visits (patient BIGINT, remark KEYTEXT, day VARCHAR(10), PRIMARY KEY (day, patient))",
	"CREATE TABLE towns (id BIGINT PRIMARY KEY, city KEYTEXT, n BIGINT)",
	"CREATE TABLE guests (tenant_id BIGINT, city KEYTEXT)",
	"CREATE TABLE clients (id BIGINT PRIMARY KEY, mail KEYTEXT, other KEYTEXT, phone KEYTEXT, name KEYTEXT)",
	"CREATE TABLE bills (id BIGINT PRIMARY KEY, payer KEYTEXT, phone KEYTEXT, total INT)",
	"CREATE TABLE leads (id BIGINT PRIMARY KEY, tenant_id BIGINT, mail KEYTEXT, other KEYTEXT)",
	"CREATE TABLE orders (id BIGINT PRIMARY KEY, user_id BIGINT, email KEYTEXT, total INT)",
	"CREATE TABLE items (id BIGINT PRIMARY KEY, user_id BIGINT)",
}

var sealedTables = append([]string{
	"CREATE TABLE users (id BIGINT PRIMARY KEY, email BINARYTYPE, ssn BINARYTYPE, name KEYTEXT, age INT, deleted_at TIMESTAMP NULL, email__eq TERM, ssn__tok BINARYTYPE, ssn__eq TERM UNIQUE)",
	"CREATE TABLE notes (id BIGINT PRIMARY KEY, tenant_id BIGINT, title BINARYTYPE, body BINARYTYPE, title__eq TERM, cellseal_row TERM UNIQUE)",
	"CREATE TABLE people (id BIGINT PRIMARY KEY, given BINARYTYPE, family BINARYTYPE, given_family__eq TERM, family__eq TERM)",
	"CREATE TABLE docs (id BIGINT PRIMARY KEY, memo BINARYTYPE, years BINARYTYPE, shelf BINARYTYPE, n BIGINT UNIQUE)",
	"CREATE TABLE files (id BIGINT PRIMARY KEY, tenant_id BIGINT, label BINARYTYPE, cellseal_row TERM UNIQUE)",
	"CREATE TABLE visits (patient BIGINT, remark BINARYTYPE, day VARCHAR(10), PRIMARY KEY (day, patient))",
	"CREATE TABLE towns (id BIGINT PRIMARY KEY, city BINARYTYPE, city__sm TERM, n BIGINT)",
	"CREATE TABLE guests (tenant_id BIGINT, city BINARYTYPE, city__sm TERM, cellseal_row TERM UNIQUE)",
	"CREATE TABLE clients (id BIGINT PRIMARY KEY, mail BINARYTYPE, other BINARYTYPE, phone BINARYTYPE, name KEYTEXT, mail__eq TERM, mail__jn TERM, other__jn TERM, phone__jn TERM)",
	"CREATE TABLE bills (id BIGINT PRIMARY KEY, payer BINARYTYPE, phone BINARYTYPE, phone__tok BINARYTYPE, total INT, payer__jn TERM, phone__jn TERM)",
	"CREATE TABLE leads (id BIGINT PRIMARY KEY, tenant_id BIGINT, mail BINARYTYPE, other BINARYTYPE, mail__jn TERM, other__jn TERM)",
}, plainTables[11:]...)

// openLive makes both databases and asks them through f.
func openLive(t testing.TB, db testdb.DB, f func(t testing.TB, db testdb.DB) server) *live {
	t.Helper()
	both := [2]server{}
	for i, tables := range [][]string{plainTables, sealedTables} {
		for _, s := range tables {
			db.Run(t, strings.NewReplacer("KEYTEXT", db.Types.Key, "BINARYTYPE", db.Types.Blob, "TERM", db.Types.Term).Replace(s))
		}
		both[i] = f(t, db)
		if i == 0 {
			db = db.Beside(t)
		}
	}
	return &live{plain: both[0], sealed: both[1]}
}

// connection is one connection of the driver's own.
func connection[C any](t testing.TB, db testdb.DB) (raw C) {
	t.Helper()
	conn, err := db.Conn(context.Background())
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.Raw(func(c any) error {
		raw = c.(C)
		return nil
	}))
	return raw
}

type postgresServer struct {
	conn   *pgx.Conn
	stores map[[2]uint32]string
}

func newPostgres(t testing.TB, db testdb.DB) server {
	s := &postgresServer{conn: connection[*stdlib.Conn](t, db).Conn(), stores: map[[2]uint32]string{}}
	rows, err := db.Query("SELECT attrelid::bigint, attnum, relname, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var at [2]uint32
		var table, column string
		require.NoError(t, rows.Scan(&at[0], &at[1], &table, &column))
		s.stores[at] = table + "." + column
	}
	require.NoError(t, rows.Err())
	require.Greater(t, len(s.stores), 10)
	return s
}

func (s *postgresServer) prepare(text string) (*prepared, error) {
	described, err := s.conn.Prepare(context.Background(), "", text)
	if err != nil {
		return nil, err
	}
	p := &prepared{inputs: len(described.ParamOIDs)}
	for _, f := range described.Fields {
		p.names = append(p.names, f.Name)
		p.stores = append(p.stores, s.stores[[2]uint32{f.TableOID, uint32(f.TableAttributeNumber)}])
	}
	return p, nil
}

type mysqlServer struct{ conn driver.ConnPrepareContext }

func newMySQL(t testing.TB, db testdb.DB) server {
	return mysqlServer{connection[driver.ConnPrepareContext](t, db)}
}

func (s mysqlServer) prepare(text string) (*prepared, error) {
	stmt, err := s.conn.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	return &prepared{inputs: stmt.NumInput()}, stmt.Close()
}

// sqliteServer asks for a statement's byte code, which says what tables it opens.
type sqliteServer struct {
	db     testdb.DB
	tables map[int]string // by root page, of indexes too
}

func newSQLite(t testing.TB, db testdb.DB) server {
	s := &sqliteServer{db: db, tables: map[int]string{}}
	db.SetMaxOpenConns(1)
	rows, err := db.Query("SELECT rootpage, tbl_name FROM sqlite_schema")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var page int
		var table string
		require.NoError(t, rows.Scan(&page, &table))
		s.tables[page] = table
	}
	require.NoError(t, rows.Err())
	return s
}

var sqliteName = regexp.MustCompile(`[:@$]([\p{L}\p{N}_$]+)`)

func (s *sqliteServer) prepare(text string) (*prepared, error) {
	code, err := s.code(text)
	if err != nil {
		return nil, err
	}
	p := &prepared{inputs: -1}
	for _, op := range code {
		page := -1
		switch op.name {
		case "OpenRead", "OpenWrite", "ReopenIdx":
			page = op.p2
		case "Clear":
			page = op.p1
		}
		if table, ok := s.tables[page]; ok && !slices.Contains(p.opens, table) {
			p.opens = append(p.opens, table)
		}
	}
	return p, nil
}

// An operation is a line of byte code.
type operation struct {
	name           string
	p1, p2, p3, p5 int
	p4             sql.NullString
}

func (s *sqliteServer) code(text string) ([]operation, error) {
	var args []any
	for range 20 {
		args = append(args, nil)
	}
	for _, name := range sqliteName.FindAllStringSubmatch(text, -1) {
		args = append(args, sql.Named(strings.TrimLeft(name[1], "$"), nil))
	}
	rows, err := s.db.Query("EXPLAIN "+text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var code []operation
	for rows.Next() {
		var o operation
		var at int
		var comment any
		if err := rows.Scan(&at, &o.name, &o.p1, &o.p2, &o.p3, &o.p4, &o.p5, &comment); err != nil {
			return nil, fmt.Errorf("EXPLAIN: %w", err)
		}
		code = append(code, o)
	}
	return code, rows.Err()
}
