package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// An Entry is what is written of a listed index, after the statement and in its transaction: after,
// because versions of a row are then in the order in which its writers commit.
//
// What is found is read and compared before anybody sees it. So an entry too many does no harm
// but to speed, while one that is void too early loses a row: where it is not certain that
// a row had its value replaced, the entry is Added and the old ones stay.
type Entry struct {
	Index *schema.Index
	Op    Op
	Row   int   // number in Plan.Rows of the row it names
	Value Value // of the index's column; the zero Value puts the row under no key
	// Keep says that NULL keeps what is stored (COALESCE(?, notes)), and so writes nothing.
	Keep bool
	// Was says that the row is named as it was read before: of a statement that goes row by row, and of
	// one whose rows are Doomed.
	Was bool
}

// An Op is what an Entry says of older ones of its row; numbers are those of search/FORMAT.md §2.
type Op uint8

// The operations.
const (
	Added    Op = 1 // they stay
	Replaced Op = 2
	Removed  Op = 3 // … and there is no new one
)

// refuseElsewhere refuses what would mix two tables of one name in one list.
func (a *analysis) refuseElsewhere(at sqltext.Node, t *schema.Table) {
	if a.catalog.Shared(a.catalog.Table("", t.Name)) {
		a.refuse(at, t, nil, "several schemas have a table of that name, and the lists that are found stand in another schema than the table", "keep the tables of the lists, which sqlcell.DDL writes, in the schema of each")
	}
	a.refuse(at, t, nil, "it is in another schema than the table of that name which has the lists", "name the table without its schema, on a connection that finds it so")
}

// entries adds those of a row that is inserted.
func (i *insertion) entries(row int, known map[*schema.Column]Value) {
	if i.r.origin.elsewhere && len(i.t.Listed) > 0 {
		i.refuseElsewhere(i.n, i.t)
	}
	r := &i.plan.Rows[row]
	// A void is written only where the row is certain to have gone: of several rows nobody says which were
	// left out, by a trigger or a constraint, and ON CONFLICT comes before REPLACE.
	op := Added
	if strings.Contains(i.n.Verb, "REPLACE") && !r.NewKey && i.single() && len(i.n.Conflicts) == 0 {
		op = Replaced
	}
	for _, x := range i.t.Listed {
		c := x.Protected()[0]
		v, written := known[c]
		if !written || v.isNull() {
			v = Value{}
		}
		if v.Kind == 0 && op == Added || !r.names(c) || i.t.Scope.Column != "" && r.Scope.Kind == 0 {
			continue
		}
		i.plan.Entries = append(i.plan.Entries, Entry{Index: x, Op: op, Row: row, Value: v})
	}
}

// single reports whether one row is written, so that the number of rows that the server tells is its.
func (i *insertion) single() bool { return i.n.Query == nil && len(i.n.Rows) <= 1 }

// names reports whether a row's key is known.
func (r *Row) names(c *schema.Column) bool {
	if c.Bind.Kind == schema.BindRowKey {
		return r.NewKey || r.RowKey.Kind != 0
	}
	return !slices.ContainsFunc(c.Bind.Columns, func(logical string) bool {
		v := r.Bound[logical]
		return v.Kind == 0 || v.isNull()
	})
}

// entries settles what an upsert leaves of older entries: the row has the new value for certain if both
// ways set it. A value of the upsert's own comes beside that of the INSERT.
func (u *upsert) entries(certain bool) {
	for _, x := range u.t.Listed {
		c := x.Protected()[0]
		if !slices.Contains(u.written, c) {
			continue
		}
		if v, own := u.known[c]; own {
			if r := &u.plan.Rows[u.first]; !v.isNull() && r.names(c) {
				u.plan.Entries = append(u.plan.Entries, Entry{Index: x, Op: Added, Row: u.first, Value: v})
			}
			continue
		}
		if before, after := u.sameRow(c); !certain || !before && !after {
			continue
		}
		for i := range u.plan.Entries {
			if e := &u.plan.Entries[i]; e.Index == x && e.Row >= u.first {
				e.Op = Replaced
			}
		}
	}
}

// entries are those of an UPDATE. Of rows whose key is not known there are none: they were set to NULL,
// and what is found of their old values is not shown.
func (u *updating) entries(direct bool) {
	r := &u.plan.Rows[u.row]
	for _, x := range u.t.Listed {
		c := x.Protected()[0]
		if !slices.Contains(u.written, c) {
			continue
		}
		if u.r.origin.elsewhere {
			u.refuseElsewhere(u.n, u.t)
		}
		e := Entry{Index: x, Op: Replaced, Row: u.row, Value: u.known[c], Keep: u.keep[c]}
		if u.ignores { // and some drivers count rows that stayed as they were
			e.Op = Added
		}
		if e.Value.isNull() {
			e.Value = Value{}
		}
		switch {
		case !r.names(c), u.t.Scope.Column != "" && r.Scope.Kind == 0:
			continue
		case direct && !u.top: // nobody says how many rows it was
			if e.Op = Added; e.Value.Kind == 0 {
				continue
			}
		}
		if u.isMoved(c) && !u.ignores {
			u.plan.Entries = append(u.plan.Entries, Entry{Index: x, Op: Removed, Row: u.row, Was: true})
		}
		u.plan.Entries = append(u.plan.Entries, e)
	}
}
