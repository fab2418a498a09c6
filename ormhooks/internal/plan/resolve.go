package plan

import (
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// resolve says what a column reference means. Where it may mean something protected and may
// mean something else, it means what is protected: if the server thinks otherwise it finds
// no column of the hidden name, and says so.
func (a *analysis) resolve(c *sqltext.Column, sc *scope) reference {
	ref := a.find(c, sc)
	if ref.relation == nil && a.unknown == nil && (len(c.Parts) > 1 || !isSystemName(c.Last()) && !sc.names(c.Last())) {
		// The server would refuse it, but only after it has seen what stands beside it. A quoted name that
		// nothing has may be a value in the wrong quotes, and is not said.
		name := c.Parts[len(c.Parts)-1]
		spelled := name.Name
		if name.Quoted {
			spelled = "of this name"
		}
		a.unknown = &Refusal{Pos: c.Pos, Reason: "no table of this statement has a column " + spelled, Instead: "check its spelling and its qualifier", Unknown: true}
	}
	return ref
}

// mustHave refuses to assign what the table has no column for: SQLite's rowid is its key by
// another name.
func (a *analysis) mustHave(at sqltext.Node, r *relation, name string) {
	_, _, may := r.column(name)
	if isRowID := a.dialect == sqltext.SQLite && (strings.EqualFold(name, "rowid") || strings.EqualFold(name, "oid") || strings.EqualFold(name, "_rowid_")); isRowID && !r.has(name) {
		may = false
	}
	if !may {
		a.refuseUnknown(at, r.table, "the table has no column "+name, "check its spelling")
	}
}

// has reports whether the catalogue knows the column.
func (r *relation) has(name string) bool {
	for _, c := range r.columns {
		if strings.EqualFold(c.name, name) {
			return true
		}
	}
	return false
}

// spelled is a name for an error. What stands in double quotes may be meant as a value.
func (a *analysis) spelled(name sqltext.Ident) string {
	if name.Quoted && a.dialect != sqltext.PostgreSQL {
		return "of this name"
	}
	return name.Name
}

func (a *analysis) find(c *sqltext.Column, sc *scope) reference {
	name := c.Last()
	if len(c.Parts) > 1 {
		qualifier := c.Parts[len(c.Parts)-2].Name
		for s := sc; s != nil; s = s.parent {
			if ref, ok := a.qualifiedIn(c, s, qualifier); ok {
				return ref
			}
		}
		return reference{}
	}
	for s := sc; s != nil; s = s.parent {
		a.refuseWholeRow(c, s)
		var found, possible reference
		for _, r := range s.relations {
			o, sure, may := r.column(name)
			a.refuseHidden(c, r, name)
			switch {
			case sure && (found.relation == nil || o.protected()):
				found = reference{r, o}
			case may && possible.relation == nil:
				possible = reference{r, o}
			}
		}
		a.refuseAlias(c, s, found)
		if found.relation != nil {
			return found
		}
		if possible.relation != nil {
			if outer := a.find(c, s.parent); outer.protected() {
				a.refuse(c, outer.source.origin.table, outer.source.column, "this name may mean the protected column or one of "+possible.relation.alias, "qualify it")
			}
			return possible
		}
	}
	return reference{}
}

// qualifiedIn finds a column by its qualifier in one scope. Of two relations of one name, which
// no server wants, the protected one is meant.
func (a *analysis) qualifiedIn(c *sqltext.Column, s *scope, qualifier string) (ref reference, ok bool) {
	for _, r := range s.relations {
		if r.alias != qualifier && (a.dialect == sqltext.PostgreSQL || !strings.EqualFold(r.alias, qualifier)) {
			continue
		}
		o, _, may := r.column(c.Last())
		a.refuseHidden(c, r, c.Last())
		switch {
		case !may && !isSystemName(c.Last()):
		case ref.relation == nil || o.protected():
			ref = reference{r, o}
		}
		ok = true
	}
	return ref, ok
}

// refuseAlias refuses the alias of a protected column outside the SELECT list, where
// dialects differ in what it means: in HAVING, GROUP BY, and of SQLite everywhere.
func (a *analysis) refuseAlias(c *sqltext.Column, s *scope, found reference) {
	ref := s.aliases[strings.ToLower(c.Last())]
	switch {
	case !ref.protected(), found.relation != nil && a.dialect == sqltext.PostgreSQL:
	case found.protected() && found.source.column == ref.source.column && found.source.origin == ref.source.origin:
	default:
		a.refuse(c, ref.source.origin.table, ref.source.column, "is named by its alias "+c.Last(), "name the column itself")
	}
}

// aliases are the names that a SELECT list gives.
func (a *analysis) aliases(items []*sqltext.Item, sc *scope) map[string]reference {
	all := map[string]reference{}
	for _, item := range items {
		if item.Alias == nil {
			continue
		}
		var ref reference
		if c, ok := unparen(item.Expr).(*sqltext.Column); ok {
			if ref = a.find(c, sc); !ref.protected() {
				ref = reference{}
			}
		}
		all[strings.ToLower(item.Alias.Name)] = ref
	}
	return all
}

// names reports whether a SELECT list around here gives a name.
func (s *scope) names(name string) bool {
	for ; s != nil; s = s.parent {
		if _, ok := s.aliases[strings.ToLower(name)]; ok {
			return true
		}
	}
	return false
}

// refuseWholeRow refuses a table's name in the place of a column, which in PostgreSQL means
// its row with every cell and hidden column.
func (a *analysis) refuseWholeRow(c *sqltext.Column, s *scope) {
	if a.dialect != sqltext.PostgreSQL {
		return
	}
	for _, r := range s.relations {
		if r.alias != c.Last() || r.table == nil && (r.query == nil || !r.query.anyProtected()) {
			continue
		}
		if _, sure, _ := r.column(c.Last()); !sure {
			a.refuse(c, r.table, nil, "the whole row of "+r.alias+" is taken as a value, with its cells and hidden columns", "name its columns")
		}
	}
}

// isSystemName reports whether a bare name means something without being a column of a table.
func isSystemName(name string) bool {
	switch strings.ToLower(name) {
	case "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "current_user", "session_user",
		"system_user", "user", "current_role", "current_catalog", "current_schema", "utc_date", "utc_time", "utc_timestamp",
		"sysdate", "default", "rowid", "oid", "_rowid_", "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "rownum":
		return true
	}
	return false
}
