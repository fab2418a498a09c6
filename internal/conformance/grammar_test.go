package conformance

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/cellseal/cellseal/internal/testdb"
)

// A grammar makes random statements over people, which is protected, and orders, which is not.
type grammar struct {
	*rand.Rand
	dialect string
	args    []any
}

// pick takes one of several strings.
func (g *grammar) pick(all ...string) string { return all[g.IntN(len(all))] }

// value is a random value of a column, as a literal or as an argument.
func (g *grammar) value(column string) string {
	all := map[string][]any{
		"id": {1, 2, 3, 4, 5, 6, 7, 8}, "uid": {1, 2, 3, 4, 5}, "age": {1, 2, 3, nil}, "total": {10, 20, 30},
		"name":  {"n", "m", "o", nil},
		"email": {"a@x", "A@x", "b@x", "B@X", "c@x", "d@x", nil},
		"ssn":   {"1", "2", "3", "4", "5", "6", nil},
		"city":  {"Oslo", "oslo", "Köln", "", nil},
	}[column]
	v := all[g.IntN(len(all))]
	if g.IntN(2) == 0 {
		g.args = append(g.args, v)
		return "?"
	}
	return literal(g.dialect, v)
}

func (g *grammar) list(column string) string {
	all := make([]string, 1+g.IntN(3))
	for i := range all {
		all[i] = g.value(column)
	}
	return strings.Join(all, ", ")
}

// known is a value that is not NULL: of an argument that is, PostgreSQL cannot tell the type everywhere.
func (g *grammar) known(column string) string {
	for {
		n := len(g.args)
		v := g.value(column)
		if v != "NULL" && (len(g.args) == n || g.args[n] != nil) {
			return v
		}
		g.args = g.args[:n]
	}
}

// condition is over the table t, which is people or an alias of it.
func (g *grammar) condition(t string, depth int) string {
	if depth > 0 {
		switch g.IntN(6) {
		case 0, 1:
			return g.condition(t, depth-1) + " AND " + g.condition(t, depth-1)
		case 2:
			return "(" + g.condition(t, depth-1) + " OR " + g.condition(t, depth-1) + ")"
		case 3:
			return "NOT (" + g.condition(t, depth-1) + ")"
		}
	}
	c := g.pick("email", "ssn")
	at := t + "." + c
	switch g.IntN(16) {
	case 0, 1, 2:
		return at + " = " + g.value(c)
	case 3:
		return g.value(c) + " = " + at
	case 4:
		return at + " <> " + g.value(c)
	case 5:
		return at + " IN (" + g.list(c) + ")"
	case 6:
		return at + " NOT IN (" + g.list(c) + ")"
	case 7:
		return t + "." + g.pick("email", "ssn", "city", "name") + g.pick(" IS NULL", " IS NOT NULL")
	case 8:
		return fmt.Sprintf("(%s.id, %s) = (%s, %s)", t, at, g.known("id"), g.value(c))
	case 9:
		return t + ".id IN (SELECT uid FROM orders WHERE total > " + g.known("total") + ")"
	case 10:
		return "EXISTS (SELECT 1 FROM people q WHERE q.id = " + t + ".id AND q." + c + " = " + g.value(c) + ")"
	case 11:
		return t + ".name = " + g.value("name")
	case 13, 14: // which one index answers together
		return t + ".city = " + g.value("city") + " AND " + t + ".email = " + g.value("email")
	case 12:
		return "CASE WHEN " + at + " = " + g.value(c) + " THEN 1 ELSE 0 END = 1"
	}
	return t + ".id " + g.pick("=", "<", ">=") + " " + g.known("id")
}

// columns are some of a table's, in any order, always with the key.
func (g *grammar) columns(t string) string {
	all := []string{"id", "email", "ssn", "city", "name", "age"}
	g.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	some := []string{t + ".id"}
	for _, c := range all[:g.IntN(len(all))] {
		some = append(some, t+"."+c)
	}
	return strings.Join(some, ", ")
}

// query is a SELECT whose rows come in a known order, or in any if it has no LIMIT.
func (g *grammar) query() string {
	tail := g.pick("", "", " ORDER BY p.id", " ORDER BY p.name, p.id DESC", " ORDER BY p.id LIMIT 2", " ORDER BY p.id LIMIT 2 OFFSET 1")
	switch g.IntN(15) {
	case 11, 12, 13, 14:
		return g.finished()
	case 0:
		return "SELECT * FROM people p WHERE " + g.condition("p", 2) + tail
	case 1:
		return "SELECT p.name, count(*), count(p.email) FROM people p WHERE " + g.condition("p", 1) + " GROUP BY p.name"
	case 2:
		return "SELECT " + g.columns("p") + ", o.total FROM people p JOIN orders o ON o.uid = p.id WHERE " + g.condition("p", 1)
	case 3:
		return "SELECT o.id, p.email, p.ssn FROM orders o LEFT JOIN people p ON p.id = o.uid AND " + g.condition("p", 1)
	case 4:
		return "SELECT a.id, a.email, b.id, b.city FROM people a JOIN people b ON a.ssn = b.ssn WHERE " + g.condition("a", 1)
	case 5:
		return "SELECT t.id, t.e FROM (SELECT p.id, p.email AS e, p.ssn FROM people p WHERE " + g.condition("p", 1) + ") t WHERE t.e = " + g.value("email")
	case 6:
		return "SELECT p.id FROM people p WHERE " + g.condition("p", 1) + " UNION SELECT uid FROM orders WHERE total = " + g.known("total")
	case 7:
		return "WITH w AS (SELECT * FROM people p WHERE " + g.condition("p", 1) + ") SELECT " + g.columns("w") + " FROM w"
	case 8:
		return "SELECT count(*) FROM people p WHERE " + g.condition("p", 2)
	case 9:
		return "SELECT o.id FROM orders o WHERE " + g.pick("", "NOT ") + "EXISTS (SELECT * FROM people p WHERE p.id = o.uid AND " + g.condition("p", 1) + ")"
	}
	return "SELECT " + g.columns("p") + " FROM people p WHERE " + g.condition("p", 2) + tail
}

// row is a row to insert: id, email, ssn, city, name.
func (g *grammar) row() string {
	return fmt.Sprintf("(%s, %s, %s, %s, %s)", g.known("id"), g.value("email"), g.value("ssn"), g.value("city"), g.value("name"))
}

// change is an INSERT, an UPDATE or a DELETE.
func (g *grammar) change() string {
	returning := ""
	if g.dialect != testdb.MySQL && g.IntN(3) == 0 {
		returning = g.pick(" RETURNING id, email", " RETURNING *", " RETURNING city, ssn AS s, id")
	}
	into := "INSERT INTO people (id, email, ssn, city, name) VALUES "
	switch g.IntN(10) {
	case 0, 1:
		return into + g.row() + returning
	case 2:
		return into + g.row() + ", " + g.row() + returning
	case 3:
		if g.dialect == testdb.MySQL {
			return into + g.row() + " ON DUPLICATE KEY UPDATE " + g.pick("email = VALUES(email)", "name = 'o'", "id = VALUES(id), email = VALUES(email), ssn = VALUES(ssn), city = VALUES(city)")
		}
		return into + g.row() + g.pick(" ON CONFLICT (id) DO UPDATE SET email = excluded.email, city = excluded.city", " ON CONFLICT DO NOTHING",
			" ON CONFLICT (ssn) DO UPDATE SET age = 9", " ON CONFLICT (id) DO UPDATE SET email = excluded.email WHERE people.name = 'n'") + returning
	case 4:
		return "DELETE FROM people WHERE " + g.condition("people", 1) + returning
	case 5:
		return "UPDATE people SET id = " + g.known("id") + " WHERE id = " + g.known("id") + returning
	case 6:
		return "UPDATE people SET age = CASE WHEN people.email = " + g.value("email") + " THEN 1 ELSE 2 END WHERE " + g.condition("people", 1) + returning
	}
	c := g.pick("email", "ssn", "city")
	set := c + " = " + g.value(c)
	if g.IntN(2) == 0 {
		set += ", name = " + g.value("name")
	}
	if g.IntN(2) == 0 {
		return "UPDATE people SET " + set + " WHERE id = " + g.known("id") + returning
	}
	where := g.condition("people", 1)
	return "UPDATE people SET " + set + " WHERE " + where + returning
}
