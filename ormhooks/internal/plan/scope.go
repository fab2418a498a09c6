package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A scope is what names mean in one SELECT, UPDATE, DELETE or INSERT.
type scope struct {
	parent    *scope
	ctes      map[string]*relation // of this statement's WITH
	relations []*relation
	pending   map[string]bool      // names of its WITH that are not read yet, lower case
	aliases   map[string]reference // of the SELECT list, lower case; no relation unless of a protected column
}

// A relation is an element of FROM: a table, a derived table, a CTE.
type relation struct {
	alias   string
	table   *schema.Table  // a protected table, or nil
	live    *catalog.Table // what the catalogue says of a table, or nil
	origin  *origin        // of a protected table
	query   *query         // of a derived table or CTE
	columns []output       // of a query, or of a plain table that the catalogue knows
	known   bool           // columns are all there are
	bare    bool           // the only relation: its columns need no qualifier
}

// An origin is one appearance of a protected table: its cells belong to one row.
type origin struct {
	table *schema.Table
	facts map[string]Value // what WHERE says bound and scope columns equal, by database name
	look  int              // its number+1 in Plan.Rows for look-ups; 0 if there is none yet

	unstored  bool            // what an INSERT has, and no table yet
	elsewhere bool            // in another schema than the table that its bare name means, or than its lists
	stale     map[string]bool // columns of the library's that do not say yet what the row holds
}

// An output is a column of a query's result, or of a relation.
type output struct {
	name string
	// source is set for a bare column of a protected table; column is nil in it for one
	// that is not protected.
	source *source
}

type source struct {
	origin *origin
	name   string         // in the database
	column *schema.Column // nil if plain
}

func (o output) protected() bool { return o.source != nil && o.source.column != nil }

// reference is what a column reference means.
type reference struct {
	relation *relation
	output
}

// table makes the relation of a named table.
func (a *analysis) table(n *sqltext.TableName, sc *scope) *relation {
	alias := n.Name.Last()
	if n.Alias != nil {
		alias = n.Alias.Name
	}
	if len(n.Name.Parts) == 1 {
		for s := sc; s != nil; s = s.parent {
			if s.pending[strings.ToLower(n.Name.Last())] {
				a.refuse(n, nil, nil, "WITH says what it is further on", "put it before what uses it")
			}
			if cte := s.cte(a, n.Name.Last()); cte != nil {
				r := *cte
				r.alias = alias
				a.refuseColumnList(n, n.Columns, &r)
				a.refuseAlikeColumns(n, &r)
				return &r
			}
		}
	}
	r := &relation{alias: alias, table: a.protectedTable(n.Name), live: a.live(n.Name)}
	if r.table != nil {
		a.touched = true
		r.origin = &origin{table: r.table, facts: map[string]Value{}, elsewhere: r.live != a.catalog.Table("", r.table.Name) || len(r.table.Listed) > 0 && a.catalog.Shared(r.live)}
		if len(n.Columns) > 0 {
			a.refuse(n, r.table, nil, "its columns are renamed by a list behind the alias", "name them in the SELECT list")
		}
	}
	if r.live != nil && len(n.Columns) == 0 {
		r.known = true
		for _, c := range r.live.Columns {
			r.columns = append(r.columns, output{name: c.Name, source: r.sourceOf(c.Name)})
		}
		a.refuseAlikeColumns(n, r)
	}
	return r
}

func (s *scope) cte(a *analysis, name string) *relation {
	for known, r := range s.ctes {
		if known == name || a.dialect != sqltext.PostgreSQL && strings.EqualFold(known, name) {
			return r
		}
	}
	return nil
}

// protectedTable returns the schema's table that a name means. A qualifier does not
// matter: the same name in another schema is taken for the table too.
func (a *analysis) protectedTable(n sqltext.Name) *schema.Table {
	name := n.Last()
	for t := range a.tables() {
		if t.Name == name || a.dialect != sqltext.PostgreSQL && strings.EqualFold(t.Name, name) { // PostgreSQL tells "Users" from users
			return t
		}
	}
	return nil
}

func (a *analysis) live(n sqltext.Name) *catalog.Table {
	qualifier := ""
	if len(n.Parts) > 1 {
		qualifier = n.Parts[len(n.Parts)-2].Name
	}
	return a.catalog.Table(qualifier, n.Last())
}

// sourceOf returns where a column of a protected table comes from; nil of another table.
func (r *relation) sourceOf(name string) *source {
	if r.origin == nil {
		return nil
	}
	s := &source{origin: r.origin, name: name}
	if c := columnNamed(r.table, name); c != nil && c.Protected() {
		s.column, s.name = c, c.Name
	} else if c != nil {
		s.name = c.Name
	}
	return s
}

// columnNamed finds a column by its database name; servers fold case.
func columnNamed(t *schema.Table, name string) *schema.Column {
	if c := t.ColumnNamed(name); c != nil {
		return c
	}
	for _, c := range t.Columns {
		if strings.EqualFold(c.Name, name) {
			return c
		}
	}
	return nil
}

// column returns what a column of the relation is; ok says that it may have it.
func (r *relation) column(name string) (o output, sure, may bool) {
	for _, c := range r.columns {
		if strings.EqualFold(c.name, name) {
			return c, true, true
		}
	}
	if r.origin != nil {
		if c := columnNamed(r.table, name); c != nil {
			return output{name: c.Name, source: r.sourceOf(name)}, true, true
		}
	}
	if r.known {
		return output{}, false, false
	}
	return output{name: name, source: r.sourceOf(name)}, false, true
}

// refuseHidden refuses the library's own columns.
func (a *analysis) refuseHidden(at sqltext.Node, r *relation, name string) {
	if r.table != nil && a.isHidden(r.table, name) {
		a.refuse(at, r.table, nil, name+" is the library's own column", "name the column it belongs to")
	}
}

// isHidden reports whether a column is the library's own.
func (a *analysis) isHidden(t *schema.Table, name string) bool {
	if strings.EqualFold(name, schema.RowKeyColumn) {
		return true
	}
	for hidden := range t.Hidden() {
		if strings.EqualFold(hidden, name) {
			return true
		}
	}
	for _, x := range t.Indexes {
		if x.Unique && strings.EqualFold(catalog.Second(x.Hidden()), name) {
			return true
		}
	}
	if a.catalog != nil {
		return slices.ContainsFunc(a.catalog.Pins, func(p catalog.Pin) bool { return p.Table == t.Name && strings.EqualFold(p.Column, name) })
	}
	return false
}

// refuseColumnList refuses WITH x (a, b) and t (a, b) over queries that show protected
// columns: hidden ones are added to them.
func (a *analysis) refuseColumnList(at sqltext.Node, list []sqltext.Ident, r *relation) {
	if len(list) == 0 {
		return
	}
	if r.query != nil && r.query.shows() {
		a.refuse(at, nil, nil, "a query that shows protected columns has its columns renamed by a list", "rename them with AS inside the query")
	}
	var renamed []output
	for i, name := range list {
		o := output{name: name.Name}
		if i < len(r.columns) {
			o.source = r.columns[i].source
		}
		renamed = append(renamed, o)
	}
	if len(list) < len(r.columns) {
		renamed = append(renamed, r.columns[len(list):]...)
	}
	r.columns = renamed
}

// ref is SQL text for a column of an origin, seen from where the relation stands. A
// query in between gets the column added to its list.
func (a *analysis) ref(at sqltext.Node, r *relation, o *origin, name string) string {
	return a.qualified(r, a.nameIn(at, r, o, name))
}

func (a *analysis) nameIn(at sqltext.Node, r *relation, o *origin, name string) string {
	a.refuseStale(at, o, name)
	if r.origin == o {
		return name
	}
	if r.query == nil {
		a.refuse(at, o.table, nil, "its row cannot be told behind this relation", "select from the table itself")
	}
	return r.query.expose(a, at, o, name)
}

// bearer finds the relation through which an origin is seen.
func bearer(relations []*relation, o *origin) *relation {
	for _, r := range relations {
		if r.origin == o || r.query != nil && r.query.bears(o) {
			return r
		}
	}
	return nil
}
