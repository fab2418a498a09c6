package sqlcell_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// A mix of transactions after TPC-C, reduced to what it costs a database: one warehouse, ten
// districts, the five transactions in their proportions, the customer's personal columns
// protected and c_last indexed. It is no TPC-C result.

const (
	districts            = 10
	customersPerDistrict = 100
	items                = 1000
)

func tpccCustomer() schema.Table {
	t := schema.Table{
		Name: "customer", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"c_id", "c_d_id"}},
		Columns: []*schema.Column{{Name: "c_id", Type: "int"}, {Name: "c_d_id", Type: "int"}},
		Indexes: []*schema.Index{{Kind: "exact", Columns: []search.Column{{Name: "c_last"}}}},
	}
	for _, name := range personal {
		t.Columns = append(t.Columns, &schema.Column{Name: name, Mode: schema.ModeSeal, Type: "text"})
	}
	return t
}

var personal = []string{"c_first", "c_last", "c_street", "c_city", "c_zip", "c_phone"}

// shop is one side of the comparison.
type shop struct {
	*sql.DB
	dialect string
	random  *rand.Rand
	prefix  string // of the tables' names
}

// q writes a statement's placeholders as the database wants them, and puts the prefix before
// its tables.
func (s *shop) q(text string) string {
	text = strings.ReplaceAll(text, "@", s.prefix)
	if s.dialect != testdb.Postgres {
		return text
	}
	var b strings.Builder
	n := 0
	for _, r := range text {
		if r == '?' {
			n++
			fmt.Fprintf(&b, "$%d", n)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

var syllables = []string{"BAR", "OUGHT", "ABLE", "PRI", "PRES", "ESE", "ANTI", "CALLY", "ATION", "EING"}

func lastName(n int) string {
	return syllables[n/100%10] + syllables[n/10%10] + syllables[n%10]
}

// newShop makes the tables under names of their own, so that both sides share a database.
func newShop(t testing.TB, db testdb.DB, protected bool) *shop {
	s := &shop{DB: db.DB, dialect: db.Dialect, random: rand.New(rand.NewPCG(1, 2))}
	prefix, cell, term := "bare_", "VARCHAR(100)", ""
	if protected {
		prefix, cell, term = "", db.Types.Blob, ", c_last__eq "+db.Types.Term
		s.DB = wrapped(t, db, newSchema(t, tpccCustomer()), celltest.Ring(t), nil).DB.DB
	}
	s.prefix = prefix
	s.SetMaxOpenConns(1)
	columns, index := "", "c_last"
	for _, name := range personal {
		columns += ", " + name + " " + cell
	}
	if protected {
		index = "c_last__eq"
	}
	for _, definition := range []string{
		"CREATE TABLE @customer (c_id INT NOT NULL, c_d_id INT NOT NULL" + columns + ", c_balance INT NOT NULL" + term + ", PRIMARY KEY (c_d_id, c_id))",
		"CREATE INDEX @customer_last ON @customer (c_d_id, " + index + ")",
		"CREATE TABLE @district (d_id INT PRIMARY KEY, d_next_o_id INT NOT NULL, d_ytd INT NOT NULL)",
		"CREATE TABLE @item (i_id INT PRIMARY KEY, i_name VARCHAR(30), i_price INT NOT NULL)",
		"CREATE TABLE @stock (s_i_id INT PRIMARY KEY, s_quantity INT NOT NULL)",
		"CREATE TABLE @orders (o_id INT NOT NULL, o_d_id INT NOT NULL, o_c_id INT NOT NULL, o_carrier INT, PRIMARY KEY (o_d_id, o_id))",
		"CREATE TABLE @order_line (ol_o_id INT NOT NULL, ol_d_id INT NOT NULL, ol_number INT NOT NULL, ol_i_id INT NOT NULL, ol_amount INT NOT NULL, PRIMARY KEY (ol_d_id, ol_o_id, ol_number))",
		"CREATE TABLE @history (h_c_id INT NOT NULL, h_d_id INT NOT NULL, h_amount INT NOT NULL)",
	} {
		db.Run(t, strings.ReplaceAll(definition, "@", prefix))
	}
	s.fill(t)
	return s
}

func (s *shop) fill(t testing.TB) {
	tx, err := s.Begin()
	require.NoError(t, err)
	run := func(query string, args ...any) {
		_, err := tx.Exec(s.q(query), args...)
		require.NoError(t, err)
	}
	for d := 1; d <= districts; d++ {
		run("INSERT INTO @district (d_id, d_next_o_id, d_ytd) VALUES (?, 1, 0)", d)
		for c := 1; c <= customersPerDistrict; c++ {
			run("INSERT INTO @customer (c_id, c_d_id, c_first, c_last, c_street, c_city, c_zip, c_phone, c_balance) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
				c, d, fmt.Sprintf("First-%d", c), lastName(c), "12 Some Street", "Some City", "123456789", "0123456789012345")
		}
	}
	for i := 1; i <= items; i++ {
		run("INSERT INTO @item (i_id, i_name, i_price) VALUES (?, ?, ?)", i, "an item", i)
		run("INSERT INTO @stock (s_i_id, s_quantity) VALUES (?, 1000)", i)
	}
	require.NoError(t, tx.Commit())
}

// transaction runs the next one of the mix.
func (s *shop) transaction(t testing.TB) {
	tx, err := s.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	w := work{t, s, tx, 1 + s.random.IntN(districts), 1 + s.random.IntN(customersPerDistrict)}
	switch n := s.random.IntN(100); {
	case n < 45:
		w.newOrder()
	case n < 88:
		w.payment()
	case n < 92:
		w.orderStatus()
	case n < 96:
		w.delivery()
	default:
		w.stockLevel()
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

type work struct {
	testing.TB
	s                  *shop
	tx                 *sql.Tx
	district, customer int
}

func (w work) exec(query string, args ...any) {
	if _, err := w.tx.Exec(w.s.q(query), args...); err != nil {
		w.Fatal(err)
	}
}

func (w work) one(query string, args []any, dst ...any) {
	if err := w.tx.QueryRow(w.s.q(query), args...).Scan(dst...); err != nil && err != sql.ErrNoRows {
		w.Fatal(err)
	}
}

func (w work) newOrder() {
	var order, price int
	var first, last string
	w.exec("UPDATE @district SET d_next_o_id = d_next_o_id + 1 WHERE d_id = ?", w.district)
	w.one("SELECT d_next_o_id FROM @district WHERE d_id = ?", []any{w.district}, &order)
	w.one("SELECT c_first, c_last FROM @customer WHERE c_d_id = ? AND c_id = ?", []any{w.district, w.customer}, &first, &last)
	w.exec("INSERT INTO @orders (o_id, o_d_id, o_c_id) VALUES (?, ?, ?)", order, w.district, w.customer)
	for line := 1; line <= 10; line++ {
		item := 1 + w.s.random.IntN(items)
		w.one("SELECT i_price FROM @item WHERE i_id = ?", []any{item}, &price)
		w.exec("UPDATE @stock SET s_quantity = s_quantity - 1 WHERE s_i_id = ?", item)
		w.exec("INSERT INTO @order_line (ol_o_id, ol_d_id, ol_number, ol_i_id, ol_amount) VALUES (?, ?, ?, ?, ?)", order, w.district, line, item, price)
	}
}

// customersByName returns the middle one of the customers of a name, as TPC-C wants.
func (w work) customersByName() int {
	rows, err := w.tx.Query(w.s.q("SELECT c_id, c_first, c_last, c_street, c_city, c_zip, c_phone, c_balance FROM @customer WHERE c_d_id = ? AND c_last = ?"), w.district, lastName(w.customer))
	if err != nil {
		w.Fatal(err)
	}
	defer rows.Close()
	var ids []int
	for rows.Next() {
		var id, balance int
		var p [6]string
		if err := rows.Scan(&id, &p[0], &p[1], &p[2], &p[3], &p[4], &p[5], &balance); err != nil {
			w.Fatal(err)
		}
		ids = append(ids, id)
	}
	if rows.Err() != nil || len(ids) == 0 {
		w.Fatalf("%d customers: %v", len(ids), rows.Err())
	}
	return ids[len(ids)/2]
}

func (w work) payment() {
	w.exec("UPDATE @district SET d_ytd = d_ytd + 5 WHERE d_id = ?", w.district)
	if w.s.random.IntN(100) < 60 {
		w.customer = w.customersByName()
	} else {
		var p [6]string
		w.one("SELECT c_first, c_last, c_street, c_city, c_zip, c_phone FROM @customer WHERE c_d_id = ? AND c_id = ?", []any{w.district, w.customer}, &p[0], &p[1], &p[2], &p[3], &p[4], &p[5])
	}
	w.exec("UPDATE @customer SET c_balance = c_balance - 5 WHERE c_d_id = ? AND c_id = ?", w.district, w.customer)
	w.exec("INSERT INTO @history (h_c_id, h_d_id, h_amount) VALUES (?, ?, 5)", w.customer, w.district)
}

func (w work) orderStatus() {
	id := w.customersByName()
	var order, lines int
	w.one("SELECT COALESCE(MAX(o_id), 0) FROM @orders WHERE o_d_id = ? AND o_c_id = ?", []any{w.district, id}, &order)
	w.one("SELECT COUNT(*) FROM @order_line WHERE ol_d_id = ? AND ol_o_id = ?", []any{w.district, order}, &lines)
}

func (w work) delivery() {
	for d := 1; d <= districts; d++ {
		var order, customer, amount int
		w.one("SELECT o_id, o_c_id FROM @orders WHERE o_d_id = ? AND o_carrier IS NULL ORDER BY o_id LIMIT 1", []any{d}, &order, &customer)
		w.exec("UPDATE @orders SET o_carrier = 1 WHERE o_d_id = ? AND o_id = ?", d, order)
		w.one("SELECT COALESCE(SUM(ol_amount), 0) FROM @order_line WHERE ol_d_id = ? AND ol_o_id = ?", []any{d, order}, &amount)
		w.exec("UPDATE @customer SET c_balance = c_balance + ? WHERE c_d_id = ? AND c_id = ?", amount, d, customer)
	}
}

func (w work) stockLevel() {
	var next, low int
	w.one("SELECT d_next_o_id FROM @district WHERE d_id = ?", []any{w.district}, &next)
	w.one("SELECT COUNT(DISTINCT s_i_id) FROM @order_line JOIN @stock ON s_i_id = ol_i_id WHERE ol_d_id = ? AND ol_o_id >= ? AND s_quantity < 950", []any{w.district, next - 20}, &low)
}

// BenchmarkTPCC reports how many transactions a second the door lets through of those of the
// bare driver, on the same server and in turn.
func BenchmarkTPCC(b *testing.B) {
	testdb.EachB(b, func(b *testing.B, db testdb.DB) {
		var shops [2]*shop
		for k := range shops {
			shops[k] = newShop(b, db, k == 0)
		}
		var times [2]time.Duration
		n := 0
		for b.Loop() {
			n++
			for k := range shops {
				s := shops[(k+n)%2] // neither side is always the first
				began := time.Now()
				s.transaction(b)
				times[(k+n)%2] += time.Since(began)
			}
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(n)/times[0].Seconds(), "door-tps")
		b.ReportMetric(float64(n)/times[1].Seconds(), "bare-tps")
		b.ReportMetric(float64(times[1])/float64(times[0]), "tps-ratio")
		if db.Dialect == testdb.Postgres {
			b.ReportMetric(storage(b, db), "storage-ratio")
		}
	})
}

// storage returns how much larger the database of the protected side is, indexes included.
func storage(t testing.TB, db testdb.DB) float64 {
	var protected, bare float64
	require.NoError(t, db.QueryRow(`SELECT sum(pg_total_relation_size(c.oid)) FILTER (WHERE relname NOT LIKE 'bare%'), sum(pg_total_relation_size(c.oid)) FILTER (WHERE relname LIKE 'bare%')
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'`).Scan(&protected, &bare))
	return protected / bare
}
