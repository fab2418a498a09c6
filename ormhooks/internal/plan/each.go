package plan

import (
	"strings"

	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// each makes the UPDATE one that is carried out row by row: Fetch reads and locks the rows,
// and the statement is executed for each, with WHERE naming it.
func (u *updating) each() {
	n := u.n
	if !u.top || n.With != nil || len(u.sc.relations) != 1 || len(n.From) > 0 {
		u.refuse(n, u.t, u.subject(), "what the cells are bound to has to be read first, which is not done inside WITH or for joined tables", "name the row by its key in WHERE, as a statement of its own")
	}
	if strings.Contains(n.Verb, "OR REPLACE") && len(u.moved) > 0 {
		u.refuse(n, u.t, u.subject(), "OR REPLACE may delete a row that is still to be updated, and what was read of it would come into another", "delete the rows that are in the way first")
	}
	if u.readsItself() {
		u.refuse(n, u.t, u.subject(), "a subquery reads the table that is updated, and rows are updated one by one", "select the keys first, and update by them")
	}
	if len(n.Limit) > 1 {
		u.refuse(n, u.t, u.subject(), "OFFSET, of rows that are updated one by one", "select the keys first, and update by them")
	}
	row := &u.plan.Rows[u.row]
	was := Origin{Table: u.t, Bound: map[string]int{}, Scope: -1, RowKey: -1}
	for _, c := range u.t.Columns {
		if !c.Protected() {
			continue
		}
		for _, logical := range c.Bind.Columns {
			was.Bound[logical] = u.fetched(u.t.Column(logical).Name)
		}
		if c.Bind.Kind == schema.BindRowKey {
			was.RowKey = u.fetched(schema.RowKeyColumn)
		}
	}
	if s := scopeColumn(u.t); s != nil {
		was.Scope = u.fetched(s.Name)
	}
	each := &Each{}
	for _, c := range u.t.Columns {
		v := u.known[c]
		if u.scopeUnseen() && slices.Contains(u.written, c) && v.Kind != FromFetch {
			v = u.opened(c) // what does not open belongs to another scope
		}
		if v.Kind == FromFetch {
			r := Reseal{Column: c, At: v.At, Hidden: -1}
			if h := c.Hidden(); h != "" {
				r.Hidden = u.fetched(h)
			}
			each.Reseal = append(each.Reseal, r)
		}
	}
	for logical, at := range was.Bound {
		row.Bound[logical] = Value{Kind: FromFetch, At: at}
		if v, moved := u.moved[logical]; moved {
			row.Bound[logical] = v
		}
	}
	if was.Scope >= 0 {
		row.Scope = Value{Kind: FromFetch, At: was.Scope}
		if v, moved := u.moved[u.t.Scope.Column]; moved {
			row.Scope = v
		}
	}
	if was.RowKey >= 0 {
		row.RowKey = Value{Kind: FromFetch, At: was.RowKey}
	}
	each.Was = was
	key := u.rowKeyColumns(was)
	if len(n.Limit) > 0 && !u.unique(key) {
		u.refuse(n, u.t, u.subject(), "LIMIT, of rows that no unique key tells apart", "give the table a primary key, or leave LIMIT out")
	}
	u.plan.Each = each
	u.late = func() {
		u.plan.Text = u.perRow(key)
		each.Fetch = u.fetchText()
	}
}

// readsItself reports whether a query inside of the statement, wherever it stands, reads the table.
func (u *updating) readsItself() bool {
	found := false
	all := append([]sqltext.Expr{u.n.Where}, u.n.Limit...)
	for _, s := range u.n.Set {
		all = append(all, s.Value)
	}
	if u.n.Returning != nil {
		for _, item := range u.n.Returning.Items {
			all = append(all, item.Expr)
		}
	}
	for _, e := range all {
		if e == nil {
			continue
		}
		sqltext.Walk(e, func(n sqltext.Node) bool {
			if t, ok := n.(*sqltext.TableName); ok && u.protectedTable(t.Name) == u.t {
				found = true
			}
			return true
		})
	}
	return found
}

// rowKeyColumns returns columns that tell the row from all others: what its cells are bound
// to, and a unique key where that alone does not. Rows that are alike in them have the same
// identity in the key tree, and may be given one cell, but not each other's.
func (u *updating) rowKeyColumns(was Origin) []string {
	var key []string
	for logical := range was.Bound {
		key = append(key, u.t.Column(logical).Name)
	}
	slices.Sort(key)
	if was.RowKey >= 0 {
		key = append(key, schema.RowKeyColumn)
	}
	if s := scopeColumn(u.t); s != nil && !slices.Contains(key, s.Name) {
		key = append(key, s.Name)
	}
	if !u.unique(key) {
		key = append(key, u.primary(key)...)
	}
	if moving := u.numbered() || slices.ContainsFunc(u.t.Columns, func(c *schema.Column) bool { return u.known[c].Kind == FromFetch }); moving && !u.unique(key) {
		u.refuse(u.n, u.t, u.subject(), "several rows may be bound to the same values, and nothing tells them apart", "give the table a primary key, or bind=row_key")
	}
	if len(key) == 0 {
		u.refuse(u.n, u.t, u.subject(), "its row cannot be told from others", "set all columns of the index, or bind the table to a key")
	}
	return key
}

// perRow is the UPDATE of one row. Its own condition stays, unless a unique key names the
// row: the columns it looks at may change in the rows before.
func (u *updating) perRow(key []string) Text {
	var where []any
	for i, name := range key {
		if i > 0 {
			where = append(where, " AND ")
		}
		where = append(where, u.qualified(u.r, name)+" = ", &Slot{Kind: Fetched, At: u.fetched(name)})
	}
	if u.n.Where != nil && !u.unique(key) {
		where = append(where, " AND (", u.n.Where.At(), ")")
	}
	var text builder
	u.renderTo(&text, sqltext.Span{End: u.n.SetEnd}, nil)
	u.renderParts(&text, append([]any{" WHERE "}, where...), nil)
	if u.n.Returning != nil {
		u.renderParts(&text, []any{" RETURNING ", sqltext.Span{Pos: u.n.Returning.Items[0].Pos, End: u.n.Returning.ItemsEnd}}, nil)
	}
	return text.text
}

// primary returns the columns of a unique key that are not in key yet, or none.
func (u *updating) primary(key []string) []string {
	if u.r.live == nil {
		return nil
	}
	for _, columns := range u.r.live.Unique {
		if slices.ContainsFunc(columns, func(name string) bool { return nullable(u.r, name) || u.isHidden(u.t, name) }) {
			continue
		}
		u.plan.Catalogued = true
		return slices.DeleteFunc(slices.Clone(columns), func(name string) bool { return slices.Contains(key, name) })
	}
	return nil
}

// unique reports whether the columns of a unique key are all in key. That they can be NULL does no
// harm: nothing is bound to NULL.
func (u *updating) unique(key []string) bool {
	if slices.Contains(key, schema.RowKeyColumn) {
		return true
	}
	return u.r.live != nil && slices.ContainsFunc(u.r.live.Unique, func(columns []string) bool {
		return len(columns) > 0 && !slices.ContainsFunc(columns, func(name string) bool { return !slices.Contains(key, name) })
	})
}

// fetchText is the SELECT that reads and locks the rows.
func (u *updating) fetchText() Text {
	f := fetching{r: u.r, columns: u.fetch, from: []any{u.n.Tables[0].At()}, where: u.n.Where, order: u.n.OrderBy}
	if len(u.n.Limit) > 0 {
		f.limit = u.n.Limit[0].At()
	}
	return u.fetchOf(f)
}
