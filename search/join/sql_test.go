package join_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/internal/searchtest"
	"github.com/cellseal/cellseal/search/join"
)

// clinic is two tables with an encrypted address in each, spelled as people do, and the truth beside.
type clinic struct {
	testdb.DB
	ring     *keys.Ring
	patients map[int64]string
	invoices map[int64]string // "" is NULL
}

func newClinic(t *testing.T, db testdb.DB) *clinic {
	c := &clinic{DB: db, ring: searchtest.NewRing(t), patients: map[int64]string{}, invoices: map[int64]string{}}
	db.Run(t, "CREATE TABLE patients (id "+db.Types.Int+" PRIMARY KEY, email "+db.Types.Blob+", email__join "+db.Types.Term+")")
	db.Run(t, "CREATE TABLE invoices (id "+db.Types.Int+" PRIMARY KEY, payer "+db.Types.Blob+", payer__join "+db.Types.Term+", payer__eq "+db.Types.Term+")")
	x, eq := emails(t, c.ring), exact(t, c.ring, search.Options{})
	r := rand.New(rand.NewPCG(3, 4))
	for i := range int64(40) {
		c.patients[i] = fmt.Sprintf("user%d@example.com", i)
		db.Run(t, "INSERT INTO patients VALUES (?, ?, ?)", i, c.row(t, "patients", i).Seal("email", []byte(c.patients[i])), token(t, x, c.patients[i]))
	}
	for i := range int64(150) {
		if i%10 == 9 {
			c.invoices[i] = ""
			db.Run(t, "INSERT INTO invoices (id) VALUES (?)", i)
			continue
		}
		c.invoices[i] = fmt.Sprintf("user%d@example.com", r.IntN(60))
		spelled := " " + strings.ToUpper(c.invoices[i])
		term, err := eq.Term(spelled)
		require.NoError(t, err)
		db.Run(t, "INSERT INTO invoices VALUES (?, ?, ?, ?)", i, c.row(t, "invoices", i).Seal("payer", []byte(spelled)), token(t, x, spelled), term)
	}
	return c
}

func (c *clinic) row(t *testing.T, table string, id int64) *cell.Row {
	d, err := c.ring.Cells(t.Context(), keys.Table(table), keys.Compartment(keys.DefaultCompartment))
	require.NoError(t, err)
	return cell.NewRow(d, fmt.Appendf(nil, "%d", id))
}

// open returns the address in a cell, as it compares.
func (c *clinic) open(t *testing.T, table string, id int64, column string, sealed any) string {
	b, err := c.row(t, table, id).Open(column, sealed.([]byte))
	require.NoError(t, err)
	return strings.ToLower(strings.TrimSpace(string(b)))
}

func (c *clinic) query(t *testing.T, query string, args ...any) [][]any {
	rows, err := searchtest.Conn{On: c.DB}.Query(t.Context(), c.SQL(query), args...)
	require.NoError(t, err)
	return rows
}

func TestEquiJoinOfTwoEncryptedColumns(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		c := newClinic(t, db)
		want, have := map[[2]int64]bool{}, map[[2]int64]bool{}
		for p, email := range c.patients {
			for i, payer := range c.invoices {
				if payer == email {
					want[[2]int64{p, i}] = true
				}
			}
		}
		for _, r := range c.query(t, "SELECT p.id, i.id, p.email, i.payer FROM patients p JOIN invoices i ON i.payer__join = p.email__join") {
			p, i := r[0].(int64), r[1].(int64)
			require.Equal(t, c.open(t, "patients", p, "email", r[2]), c.open(t, "invoices", i, "payer", r[3]))
			have[[2]int64{p, i}] = true
		}
		require.Greater(t, len(want), 50)
		require.Equal(t, want, have)
	})
}

func TestGroupByAndDistinct(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		c := newClinic(t, db)
		want, have := map[string]int64{}, map[string]int64{}
		for _, payer := range c.invoices {
			want[payer]++
		}
		for _, r := range c.query(t, "SELECT g.n, i.id, i.payer FROM invoices i JOIN (SELECT MIN(id) AS id, COUNT(*) AS n FROM invoices GROUP BY payer__join) g ON g.id = i.id") {
			payer := ""
			if r[2] != nil {
				payer = c.open(t, "invoices", r[1].(int64), "payer", r[2])
			}
			have[payer] = r[0].(int64)
		}
		require.Equal(t, want, have)
		require.Equal(t, int64(len(want)-1), c.query(t, "SELECT COUNT(DISTINCT payer__join) FROM invoices")[0][0], "NULL is not counted")
		require.Len(t, c.query(t, "SELECT DISTINCT payer__join FROM invoices"), len(want))
	})
}

// In two steps, with no column that shows anything across tables: the same pairs.
func TestJoinInTwoSteps(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		c := newClinic(t, db)
		byEmail := map[string][]int64{}
		var values []any
		for _, r := range c.query(t, "SELECT id, email FROM patients WHERE id < 20") {
			email := c.open(t, "patients", r[0].(int64), "email", r[1])
			byEmail[email] = append(byEmail[email], r[0].(int64))
			values = append(values, email)
		}
		have, want := map[[2]int64]bool{}, map[[2]int64]bool{}
		for terms, err := range join.Semi(exact(t, c.ring, search.Options{}), slices.Values(values), 7) {
			require.NoError(t, err)
			args := make([]any, len(terms))
			for i := range terms {
				args[i] = terms[i]
			}
			for _, r := range c.query(t, "SELECT id, payer FROM invoices WHERE payer__eq IN (?"+strings.Repeat(", ?", len(terms)-1)+")", args...) {
				i := r[0].(int64)
				for _, p := range byEmail[c.open(t, "invoices", i, "payer", r[1])] {
					require.False(t, have[[2]int64{p, i}], "found twice")
					have[[2]int64{p, i}] = true
				}
			}
		}
		for i, payer := range c.invoices {
			for _, p := range byEmail[payer] {
				want[[2]int64{p, i}] = true
			}
		}
		require.Equal(t, want, have)
	})
}
