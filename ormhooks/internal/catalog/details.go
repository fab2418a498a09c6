package catalog

import (
	"context"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// Details are what depends on some tables, or acts on them, beside the statements that a
// program sends. They are read at start, not while statements are served.
type Details struct {
	Indexes     []Index
	ForeignKeys []ForeignKey // of the tables, and to them
	Expressions []Expression
	Dependents  []Dependent
	MariaDB     bool
}

// An Index is an index of a table. A column of it that is an expression or a prefix stands in
// parentheses.
type Index struct {
	Table   *Table
	Name    string
	Columns []string
	Unique  bool
	Partial bool
	Valid   bool
	Text    string // SQLite's CREATE INDEX; "" if a constraint made it
}

// A ForeignKey is one from Table to Target.
type ForeignKey struct {
	Name                   string
	Table, Target          *Table // either may be nil, if it is none that was read
	Columns, TargetColumns []string
	OnUpdate, OnDelete     string // "CASCADE", "SET NULL", …
}

// An Expression is a CHECK constraint or a generated column of a table.
type Expression struct {
	Table  *Table
	Name   string // of the constraint, or of the column
	Column bool   // it is a generated column
	Text   string
}

// A Dependent is an object that reads or writes one of the tables by itself.
type Dependent struct {
	Kind  string // "view", "trigger", "routine", …
	Name  string // with its schema where that is another than the table's
	Table *Table
}

// LoadDetails reads the details of tables, which are those of a Catalog.
func LoadDetails(ctx context.Context, q Querier, d sqltext.Dialect, tables []*Table) (*Details, error) {
	r := newDetailer(ctx, q, tables)
	if len(tables) == 0 {
		return r.d, nil
	}
	var err error
	switch d {
	case sqltext.PostgreSQL:
		err = r.postgres()
	case sqltext.MySQL:
		err = r.mysql()
	case sqltext.SQLite:
		err = r.sqlite()
	default:
		panic("cellseal/ormhooks: unknown dialect")
	}
	if err != nil {
		return nil, err
	}
	return r.d, nil
}

// LoadDependents reads the dependents alone, of MySQL those in the connection's own database:
// what a door has to know of beside the tables, which it refuses to let statements name.
func LoadDependents(ctx context.Context, q Querier, d sqltext.Dialect, tables []*Table) ([]Dependent, error) {
	if len(tables) == 0 {
		return nil, nil
	}
	r := newDetailer(ctx, q, tables)
	var err error
	switch d {
	case sqltext.PostgreSQL:
		err = r.postgresDependents(r.postgresMine())
	case sqltext.MySQL:
		err = r.mysqlDependents(" = DATABASE()")
	case sqltext.SQLite:
		err = r.sqliteTexts()
	default:
		panic("cellseal/ormhooks: unknown dialect")
	}
	return r.d.Dependents, err
}

func newDetailer(ctx context.Context, q Querier, tables []*Table) *detailer {
	r := &detailer{reader: reader{ctx: ctx, q: q, tables: tables, byName: map[[2]string]*Table{}}, d: &Details{}}
	for _, t := range tables {
		r.byName[[2]string{t.Schema, t.Name}] = t
	}
	return r
}

type detailer struct {
	reader
	d *Details
}

func (r *detailer) at(schema, name any) *Table { return r.byName[[2]string{text(schema), text(name)}] }

// indexes takes rows of schema, table, index, column, unique, partial, valid and text, ordered by index.
func (r *detailer) indexes(rows [][]any) {
	for _, row := range rows {
		t := r.at(row[0], row[1])
		if t == nil {
			continue
		}
		last := len(r.d.Indexes) - 1
		if last < 0 || r.d.Indexes[last].Table != t || r.d.Indexes[last].Name != text(row[2]) {
			r.d.Indexes = append(r.d.Indexes, Index{Table: t, Name: text(row[2]), Unique: yes(row[4]), Partial: yes(row[5]), Valid: yes(row[6]), Text: text(row[7])})
			last++
		}
		r.d.Indexes[last].Columns = append(r.d.Indexes[last].Columns, text(row[3]))
	}
}

// foreignKeys takes rows of schema, table, name, column, schema and table it is to, column it is to,
// actions on update and on delete, ordered by name and column.
func (r *detailer) foreignKeys(rows [][]any) {
	last, lastKey := -1, [3]string{}
	for _, row := range rows {
		t, to := r.at(row[0], row[1]), r.at(row[4], row[5])
		if t == nil && to == nil {
			continue
		}
		if key := [3]string{text(row[0]), text(row[1]), text(row[2])}; last < 0 || key != lastKey {
			if t == nil { // of a table that protects nothing: its name is enough
				t = &Table{Schema: key[0], Name: key[1]}
			}
			if to == nil {
				to = &Table{Schema: text(row[4]), Name: text(row[5])}
			}
			r.d.ForeignKeys = append(r.d.ForeignKeys, ForeignKey{Name: key[2], Table: t, Target: to, OnUpdate: text(row[7]), OnDelete: text(row[8])})
			last, lastKey = last+1, key
		}
		k := &r.d.ForeignKeys[last]
		k.Columns, k.TargetColumns = append(k.Columns, text(row[3])), append(k.TargetColumns, text(row[6]))
	}
}

// dependents takes rows of kind, schema, name and the schema and name of the table.
func (r *detailer) dependents(rows [][]any) {
	for _, row := range rows {
		if t := r.at(row[3], row[4]); t != nil {
			r.dependent(text(row[0]), text(row[1]), text(row[2]), t)
		}
	}
}

func (r *detailer) dependent(kind, schema, name string, t *Table) {
	if schema != "" && schema != t.Schema {
		name = schema + "." + name
	}
	d := Dependent{kind, name, t}
	if !slices.Contains(r.d.Dependents, d) {
		r.d.Dependents = append(r.d.Dependents, d)
	}
}

// A source is an object that is known by its text alone.
type source struct {
	kind, schema, name, text string
}

// mentioned adds the sources whose text names a table, and those that name such a view in
// their turn. A name in a string counts: the text may be put together and executed.
func (r *detailer) mentioned(sources []source) {
	means := map[string][]*Table{} // a name, and which tables are meant by it in the end
	for _, t := range r.tables {
		name := strings.ToLower(t.Name)
		means[name] = append(means[name], t)
	}
	for again := true; again; {
		again = false
		for _, s := range sources {
			for _, w := range words(strings.ToLower(s.text)) {
				for _, inner := range namesIn(w) {
					for _, t := range means[inner] {
						before := len(r.d.Dependents)
						r.dependent(s.kind, s.schema, s.name, t)
						name := strings.ToLower(s.name)
						if len(r.d.Dependents) > before && s.kind == "view" && !slices.Contains(means[name], t) {
							means[name], again = append(means[name], t), true
						}
					}
				}
			}
		}
	}
}

// namesIn returns the names that a word of SQL may hold.
func namesIn(word string) []string {
	if word[0] != '\'' {
		return []string{unquoted(word)}
	}
	return words(strings.ReplaceAll(word, "'", " "))
}

// Mentions reports whether an expression names a column.
func (e Expression) Mentions(column string) bool {
	return slices.ContainsFunc(words(e.Text), func(w string) bool { return w[0] != '\'' && strings.EqualFold(unquoted(w), column) })
}

// among is a list of the tables' names for IN.
func (r *detailer) among(literal func(string) string) string {
	var list []string
	for _, t := range r.tables {
		list = append(list, literal(t.Name))
	}
	return "(" + strings.Join(list, ", ") + ")"
}
