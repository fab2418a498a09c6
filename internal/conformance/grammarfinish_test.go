package conformance

import (
	"strings"

	"github.com/cellseal/cellseal/internal/testdb"
)

// finished is a SELECT whose end is worked out after decryption. Its rows come in an order that is
// total, and of texts that are equal but for case it shows none, for servers show any.
func (g *grammar) finished() string {
	where := g.condition("p", 1)
	from := " FROM people p WHERE " + where
	switch g.IntN(7) {
	case 0:
		return "SELECT " + g.columns("p") + from + " ORDER BY " + g.order("p.email", "p.ssn", "p.city", "p.name", "p.age") + ", p.id" + g.limit()
	case 1:
		return "SELECT * " + from + " ORDER BY " + g.order("p.email", "ssn", "city", "name", "p.age + 1", "id % 2") + ", p.id" + g.limit()
	case 2:
		all := g.some("p.city", "p.name", "p.ssn", "p.age")
		return "SELECT DISTINCT " + strings.Join(all, ", ") + from + " ORDER BY " + g.each(all) + g.limit()
	case 3:
		all := g.some("p.city", "p.name", "p.ssn", "p.age")
		return "SELECT " + strings.Join(all, ", ") + ", " + g.aggregates() + from + " GROUP BY " + strings.Join(all, ", ") + g.having() + " ORDER BY " + g.pick("", "COUNT(*) DESC, ", "MAX(p.ssn), ", "SUM(p.age) DESC, ") + g.each(all) + g.limit()
	case 4:
		return "SELECT " + g.aggregates() + from + " GROUP BY p.email ORDER BY p.email" + g.pick("", " DESC") + g.limit()
	case 5:
		return "SELECT p.city, COUNT(o.id), SUM(o.total) AS s, MIN(o.total), COUNT(DISTINCT p.email) FROM people p LEFT JOIN orders o ON o.uid = p.id WHERE " + where + " GROUP BY p.city ORDER BY " + g.pick("s DESC, p.city", "p.city", "3, 1 DESC") + g.limit()
	}
	return "SELECT " + g.aggregates() + from
}

// some are at least one of several strings, in any order.
func (g *grammar) some(all ...string) []string {
	g.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:1+g.IntN(len(all))]
}

func (g *grammar) order(all ...string) string { return g.each(g.some(all...)) }

// each sorts by all of several, each in any direction.
func (g *grammar) each(all []string) string {
	var keys []string
	for _, k := range all {
		k += g.pick("", " ASC", " DESC")
		if g.dialect != testdb.MySQL {
			k += g.pick("", "", " NULLS FIRST", " NULLS LAST")
		}
		keys = append(keys, k)
	}
	return strings.Join(keys, ", ")
}

func (g *grammar) having() string {
	switch g.IntN(4) {
	case 0:
		return g.pick(" HAVING COUNT(*) > 1", " HAVING 2 > count(p.ssn) AND COUNT(*) <> 3", " HAVING COUNT(DISTINCT p.email) <= 1")
	case 1:
		g.args = append(g.args, g.IntN(3))
		return " HAVING COUNT(*) >= ?"
	}
	return ""
}

func (g *grammar) limit() string {
	switch g.IntN(4) {
	case 0:
		return g.pick(" LIMIT 2", " LIMIT 3 OFFSET 1", " LIMIT 0", " LIMIT 100 OFFSET 2")
	case 1:
		g.args = append(g.args, 1+g.IntN(4), g.IntN(3))
		return " LIMIT ? OFFSET ?"
	}
	return ""
}

func (g *grammar) aggregates() string {
	return strings.Join(g.some("COUNT(*)", "count(p.email) AS mails", "COUNT(DISTINCT p.email)", "MIN(p.ssn)", "MAX(p.city)", "max(p.name) AS top", "SUM(p.age)", "AVG(p.age)",
		"MIN(p.age + 1)", "COUNT(DISTINCT p.name)", "COUNT(DISTINCT p.city) AS cities", "SUM(DISTINCT p.id)"), ", ")
}
