package checkup

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
)

// The statements below keep what a column holds, byte for byte: it may be cells.

func (t *table) alter(column, format string, a ...any) string {
	return fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s %s", t.quoted, ddl.Quote(t.d, column), fmt.Sprintf(format, a...))
}

// modify declares a MySQL column anew, and so without a default.
func (t *table) modify(column, typ string, nullable bool) string {
	if !nullable {
		typ += " NOT NULL"
	}
	return fmt.Sprintf("ALTER TABLE %s MODIFY COLUMN %s %s", t.quoted, ddl.Quote(t.d, column), typ)
}

func (t *table) retype(want ddl.Column, have *catalog.Column) []string {
	switch t.d {
	case sqltext.MySQL:
		return []string{t.modify(want.Name, want.Type, have.Nullable)}
	case sqltext.SQLite:
		return t.rebuild(want)
	}
	name := ddl.Quote(t.d, want.Name)
	using := name
	from, _, _ := typeOf(t.d, have.Type)
	switch {
	case want.Type == "BYTEA" && from != holdsBytes:
		using = fmt.Sprintf("CASE WHEN %s::text ~ '%s' THEN %s::text::bytea ELSE pg_catalog.convert_to(%s::text, 'UTF8') END", name, hexed(want), name, name)
	case want.Type == "TEXT" && from == holdsBytes:
		using = fmt.Sprintf("pg_catalog.encode(%s, 'escape')", name)
	case want.Type != "BYTEA":
		using = fmt.Sprintf("%s::%s", name, strings.ToLower(want.Type))
	}
	var all []string
	if have.Default != "" {
		all = append(all, t.alter(want.Name, "DROP DEFAULT"))
	}
	return append(all, t.alter(want.Name, "TYPE %s USING %s", want.Type, using))
}

// hexed is a pattern of what PostgreSQL makes of a column's cells, or of the library's own bytes,
// when somebody turns the column into text: \x and hex digits. What looks like that was no
// plaintext, down to the column's tag (cell/FORMAT.md §4).
func hexed(want ddl.Column) string {
	if want.Kind != ddl.Cell {
		return fmt.Sprintf(`^\\x([0-9a-f]{2}){%d}$`, want.Size)
	}
	tag := sha256.Sum256([]byte(want.Of.Label()))
	return fmt.Sprintf(`^\\x(c0|c1|f5|f6)[0-9a-f]{8}%x([0-9a-f]{2}){60,}$`, tag[:4])
}

func (t *table) undefault(want ddl.Column, have *catalog.Column) []string {
	switch {
	case t.d == sqltext.SQLite:
		return t.rebuild(want)
	case have.Default == "identity":
		return []string{t.alter(want.Name, "DROP IDENTITY")}
	}
	return []string{t.alter(want.Name, "DROP DEFAULT")}
}

func (t *table) nullable(want ddl.Column, have *catalog.Column) []string {
	switch t.d {
	case sqltext.MySQL:
		return []string{t.modify(want.Name, want.Type, true)}
	case sqltext.SQLite:
		return t.rebuild(want)
	}
	return []string{t.alter(want.Name, "DROP NOT NULL")}
}

// ungenerate drops what the server computed: the application has not written it.
func (t *table) ungenerate(want ddl.Column) []string {
	return []string{want.Drop(t.d, t.live.Name), want.Add(t.d, t.live.Name)}
}

// exact makes a text column compare exactly. SQLite cannot change a key column.
func (t *table) exact(have *catalog.Column, size int) []string {
	k, limit, _ := typeOf(t.d, have.Type)
	switch {
	case t.d == sqltext.SQLite:
		return nil
	case t.d == sqltext.PostgreSQL && k == holdsText:
		return []string{t.alter(have.Name, `TYPE %s COLLATE "C"`, have.Type)}
	case t.d == sqltext.PostgreSQL:
		return []string{t.alter(have.Name, `TYPE TEXT COLLATE "C"`)}
	case have.Collation == "":
		return []string{t.modify(have.Name, fmt.Sprintf("VARBINARY(%d)", cmp.Or(size, 255)), have.Nullable)}
	}
	typ := have.Type
	if k == padded || k != holdsText || limit == 0 {
		typ = fmt.Sprintf("varchar(%d)", cmp.Or(size, 190))
	}
	collation := "utf8mb4_0900_bin"
	if t.details.MariaDB {
		collation = "utf8mb4_nopad_bin"
	}
	return []string{t.modify(have.Name, typ+" CHARACTER SET utf8mb4 COLLATE "+collation, have.Nullable)}
}

// rebuild makes an SQLite column anew and copies its content. It gives nothing if the column is
// part of a constraint: then the whole table must be made anew.
func (t *table) rebuild(want ddl.Column) []string {
	name, old := ddl.Quote(t.d, want.Name), ddl.Quote(t.d, want.Name+"__old")
	var drop, create []string
	for _, x := range t.details.Indexes {
		if x.Table != t.live || !t.has(x.Columns, want.Name) {
			continue
		}
		if x.Text == "" {
			return nil
		}
		drop, create = append(drop, "DROP INDEX "+ddl.Quote(t.d, x.Name)), append(create, x.Text)
	}
	if slices.ContainsFunc(t.details.Expressions, func(e catalog.Expression) bool { return e.Table == t.live && e.Mentions(want.Name) }) {
		return nil
	}
	cast := old
	switch want.Type {
	case "BLOB", "TEXT", "INTEGER":
		cast = fmt.Sprintf("CAST(%s AS %s)", old, want.Type)
	}
	return slices.Concat(drop, []string{
		fmt.Sprintf("ALTER TABLE %s RENAME COLUMN %s TO %s", t.quoted, name, old),
		want.Add(t.d, t.live.Name),
		fmt.Sprintf("UPDATE %s SET %s = %s", t.quoted, name, cast),
		fmt.Sprintf("ALTER TABLE %s DROP COLUMN %s", t.quoted, old),
	}, create)
}
