package core

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/dialect"
)

// clocks are the databases' own time in milliseconds. No clock of a client takes part in
// anything, and no time zone: MySQL's UNIX_TIMESTAMP is ambiguous in the hour that comes twice.
var clocks = map[dialect.Dialect]string{
	dialect.PostgreSQL: "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT",
	dialect.MySQL:      "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(3)) DIV 1000)",
	dialect.SQLite:     "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
}

// forced keeps a server from reading the whole table for some tens of labels, should its statistics be of
// when the table was small.
var forced = map[dialect.Dialect]string{dialect.MySQL: " FORCE INDEX (PRIMARY)"}

// ddl makes the tables. A page stays in its leaf everywhere: a row of PostgreSQL is at most
// 2 032 bytes, just below where it would be moved to a TOAST table; SQLite's table has rowids,
// because in one without them two pages do not fit a leaf.
var ddl = map[dialect.Dialect][]string{
	dialect.PostgreSQL: {
		"CREATE TABLE IF NOT EXISTS {segments} (idx BIGINT PRIMARY KEY, ver BIGINT NOT NULL, manifest BYTEA NOT NULL, holder BYTEA, until BIGINT NOT NULL)",
		"CREATE TABLE IF NOT EXISTS {parts} (seg BIGINT PRIMARY KEY, idx BIGINT NOT NULL, until BIGINT NOT NULL)",
		"CREATE TABLE IF NOT EXISTS {pages} (seg BIGINT NOT NULL, label BIGINT NOT NULL, page BYTEA NOT NULL, PRIMARY KEY (seg, label))",
		"CREATE TABLE IF NOT EXISTS {pending} (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, idx BIGINT NOT NULL, at BIGINT NOT NULL, body BYTEA NOT NULL)",
		"CREATE INDEX IF NOT EXISTS {pending_idx} ON {pending} (idx, id)",
	},
	dialect.MySQL: {
		"CREATE TABLE IF NOT EXISTS {segments} (idx BIGINT PRIMARY KEY, ver BIGINT NOT NULL, manifest LONGBLOB NOT NULL, holder VARBINARY(16), until BIGINT NOT NULL) ENGINE=InnoDB",
		"CREATE TABLE IF NOT EXISTS {parts} (seg BIGINT PRIMARY KEY, idx BIGINT NOT NULL, until BIGINT NOT NULL) ENGINE=InnoDB",
		"CREATE TABLE IF NOT EXISTS {pages} (seg BIGINT NOT NULL, label BIGINT NOT NULL, page VARBINARY(2000) NOT NULL, PRIMARY KEY (seg, label)) ENGINE=InnoDB",
		"CREATE TABLE IF NOT EXISTS {pending} (id BIGINT AUTO_INCREMENT PRIMARY KEY, idx BIGINT NOT NULL, at BIGINT NOT NULL, body LONGBLOB NOT NULL, KEY (idx, id)) ENGINE=InnoDB",
	},
	dialect.SQLite: {
		"CREATE TABLE IF NOT EXISTS {segments} (idx INTEGER PRIMARY KEY, ver INTEGER NOT NULL, manifest BLOB NOT NULL, holder BLOB, until INTEGER NOT NULL)",
		"CREATE TABLE IF NOT EXISTS {parts} (seg INTEGER PRIMARY KEY, idx INTEGER NOT NULL, until INTEGER NOT NULL)",
		"CREATE TABLE IF NOT EXISTS {pages} (seg INTEGER NOT NULL, label INTEGER NOT NULL, page BLOB NOT NULL, PRIMARY KEY (seg, label))",
		"CREATE TABLE IF NOT EXISTS {pending} (id INTEGER PRIMARY KEY AUTOINCREMENT, idx INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL)",
		"CREATE INDEX IF NOT EXISTS {pending_idx} ON {pending:bare} (idx, id)",
	},
}

// DDL returns the statements that make the tables.
func (s *Store) DDL() []string {
	var all []string
	for _, statement := range ddl[s.dialect] {
		all = append(all, s.SQL(statement))
	}
	return all
}

// SQL fills in the tables' names and the clock, and writes placeholders ? as the dialect
// wants them. There is no ? in what it is given but placeholders.
func (s *Store) SQL(text string) string {
	schema, name := "", s.prefix
	if at := strings.IndexByte(name, '.'); at >= 0 {
		schema, name = name[:at+1], name[at+1:]
	}
	index := name + "cellseal_pending_idx"
	if s.dialect == dialect.SQLite {
		index = schema + index // the index has the schema there, and elsewhere the table
	}
	text = strings.NewReplacer(
		"{segments}", s.Table("segments"), "{parts}", s.Table("parts"), "{pages}", s.Table("pages"), "{pending}", s.Table("pending"),
		"{pending_idx}", index, "{pending:bare}", name+"cellseal_pending", "{now}", clocks[s.dialect], "{forced}", forced[s.dialect],
	).Replace(text)
	if s.dialect != dialect.PostgreSQL {
		return text
	}
	parts := strings.Split(text, "?")
	for i := range parts[:len(parts)-1] {
		parts[i] += "$" + strconv.Itoa(i+1)
	}
	return strings.Join(parts, "")
}

func (s *Store) Table(name string) string { return s.prefix + "cellseal_" + name }

// Numbers are sent in the text of a statement, where a driver would prepare it for one use
// otherwise, and to PostgreSQL as one array, where a text for each count of them would fill the
// cache of prepared ones.

// Among completes a statement with the condition that column is one of ids, which comes last.
func (s *Store) Among(text, column string, ids []int64) (string, []any) {
	if s.dialect == dialect.PostgreSQL {
		return s.SQL(text + " " + column + " = ANY(?::BIGINT[])"), []any{array(ids)}
	}
	return s.SQL(text + " " + column + " IN (" + join(ids, ",") + ")"), nil
}

// Flushed deletes pending rows, and locks no others. MySQL reads the whole table for a list that names most
// of it: it would wait for every writer that has not committed, and have new ones wait. So there
// each id is looked for by itself, in a join that is older than its table values.
func (s *Store) Flushed(ids []int64) (string, []any) {
	if s.dialect != dialect.MySQL {
		return s.Among("DELETE FROM {pending} WHERE", "id", ids)
	}
	return s.SQL("DELETE p FROM (SELECT 0 AS id UNION ALL SELECT " + join(ids, " UNION ALL SELECT ") + ") AS w STRAIGHT_JOIN {pending} AS p ON p.id = w.id"), nil
}

// pagesOf asks for the pages under labels, each in the segment that stands beside it.
func (s *Store) pagesOf(segs, labels []int64) (string, []any) {
	if s.dialect == dialect.PostgreSQL {
		return s.SQL("SELECT p.seg, p.label, p.page FROM unnest(?::BIGINT[], ?::BIGINT[]) AS w(seg, label) JOIN {pages} p ON p.seg = w.seg AND p.label = w.label"),
			[]any{array(segs), array(labels)}
	}
	var b strings.Builder
	b.WriteString("SELECT seg, label, page FROM {pages}{forced} WHERE (seg, label) IN (")
	if s.dialect == dialect.SQLite {
		b.WriteString("VALUES ")
	}
	for i := range segs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("(" + strconv.FormatInt(segs[i], 10) + "," + strconv.FormatInt(labels[i], 10) + ")")
	}
	b.WriteByte(')')
	return s.SQL(b.String()), nil
}

func array(ids []int64) string { return "{" + join(ids, ",") + "}" }

func join(ids []int64, by string) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteString(by)
		}
		b.WriteString(strconv.FormatInt(id, 10))
	}
	return b.String()
}

// inlineBytes is up to what size bytes are written into the text, as twice as many digits.
const inlineBytes = 64 << 10

// Inlined writes numbers and bytes into the text of a statement that is sent often, for MySQL: its driver would ask
// the server twice otherwise, to prepare and to execute.
func (s *Store) Inlined(text string, args ...any) (string, []any) {
	if s.dialect != dialect.MySQL {
		return text, args
	}
	parts := strings.Split(text, "?")
	for i, a := range args {
		switch a := a.(type) {
		case int64:
			parts[i] += strconv.FormatInt(a, 10)
		case []byte:
			if len(a) > inlineBytes {
				return text, args
			}
			parts[i] += "X'" + hex.EncodeToString(a) + "'"
		}
	}
	return strings.Join(parts, ""), nil
}
