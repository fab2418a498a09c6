package sqlcell_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// The benchmarks run every statement in turn on two tables of the same database: one through
// the door, with three protected columns, and one on the bare driver, in clear. Their
// ratio is what they are about.

func customers() schema.Table {
	return schema.Table{
		Name: "customers", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
		Columns: []*schema.Column{
			{Name: "id", Type: "int"},
			{Name: "name", Mode: schema.ModeSeal, Type: "text"},
			{Name: "email", Mode: schema.ModeSeal, Type: "text"},
			{Name: "phone", Mode: schema.ModeSeal, Type: "text"},
		},
		Indexes: []*schema.Index{{Kind: "exact", Columns: []search.Column{{Name: "email", Transforms: []search.Transform{search.Trim, search.Fold}}}}},
	}
}

// benchRows is how many customers there are.
const benchRows = 1000

// side is one of the two ways to a table of customers.
type side struct {
	*sql.DB
	table string
	next  int
}

func (s *side) exec(b testing.TB, query string, args ...any) {
	if _, err := s.Exec(s.text(query), args...); err != nil {
		b.Fatal(err)
	}
}

func (s *side) text(query string) string { return fmt.Sprintf(query, s.table) }

func (s *side) scan(b testing.TB, query string, want int, args ...any) {
	rows, err := s.Query(s.text(query), args...)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var id int
		var name, email, phone string
		if err := rows.Scan(&id, &name, &email, &phone); err != nil {
			b.Fatal(err)
		}
		n++
	}
	if rows.Err() != nil || n != want {
		b.Fatalf("%d rows, want %d: %v", n, want, rows.Err())
	}
}

func email(i int) string { return fmt.Sprintf("customer-%d@example.com", i) }

// newID is of no row yet.
func (s *side) newID() int { s.next++; return benchRows + s.next }

func BenchmarkStatements(b *testing.B) {
	benchEach(b, func(b *testing.B, d string, door, bare *side) {
		p := func(n int) string {
			if d == testdb.Postgres {
				return fmt.Sprintf("$%d", n)
			}
			return "?"
		}
		insert := "INSERT INTO %s (id, name, email, phone, city) VALUES (" + p(1) + ", " + p(2) + ", " + p(3) + ", " + p(4) + ", " + p(5) + ")"
		many := insert
		for i := 1; i < 20; i++ {
			many += fmt.Sprintf(", (%s, %s, %s, %s, %s)", p(5*i+1), p(5*i+2), p(5*i+3), p(5*i+4), p(5*i+5))
		}
		for _, c := range []struct {
			name string
			run  func(s *side, i int)
		}{
			{"equality", func(s *side, i int) {
				s.scan(b, "SELECT id, name, email, phone FROM %s WHERE email = "+p(1), 1, email(some(i)))
			}},
			{"join", func(s *side, i int) {
				s.scan(b, "SELECT c.id, c.name, c.email, c.phone FROM visits v JOIN %s c ON c.id = v.customer_id WHERE v.id = "+p(1), 1, some(i))
			}},
			{"point-select", func(s *side, i int) {
				s.scan(b, "SELECT id, name, email, phone FROM %s WHERE id = "+p(1), 1, some(i))
			}},
			{"insert", func(s *side, i int) {
				id := s.newID()
				s.exec(b, insert, id, "name", email(id), "0123 456789", "Cork")
			}},
			{"insert-20", func(s *side, i int) {
				var args []any
				for range 20 {
					id := s.newID()
					args = append(args, id, "name", email(id), "0123 456789", "Cork")
				}
				s.exec(b, many, args...)
			}},
			{"update", func(s *side, i int) {
				s.exec(b, "UPDATE %s SET email = "+p(1)+" WHERE id = "+p(2), email(some(i)), some(i))
			}},
			{"delete", func(s *side, i int) {
				s.exec(b, "DELETE FROM %s WHERE email = "+p(1), email(benchRows+i+1))
			}},
			{"scan-1000", func(s *side, i int) {
				s.scan(b, "SELECT id, name, email, phone FROM %s WHERE id <= "+p(1), benchRows, benchRows)
			}},
		} {
			b.Run(c.name, func(b *testing.B) { compare(b, door, bare, c.run) })
		}
	})
}

// BenchmarkScanFloor shows what a scan of 1 000 rows with three cells costs at least, beside
// the same rows in clear: the bare driver reads the cells, and package cell alone opens
// them, with nothing of the door in between.
func BenchmarkScanFloor(b *testing.B) {
	benchEach(b, func(b *testing.B, d string, door, bare *side) {
		cells, err := celltest.Ring(b).Cells(b.Context(), keys.Table("customers"), keys.Compartment("default"))
		require.NoError(b, err)
		columns := []string{"customers.name", "customers.email", "customers.phone"}
		var room []byte
		open := func(id int, stored ...sql.RawBytes) {
			row := cell.NewRow(cells, cell.RowID(cell.BindInt("id", int64(id))))
			for i, sealed := range stored {
				if room, err = row.AppendOpen(room[:0], columns[i], sealed); err != nil {
					b.Fatal(err)
				}
				_ = string(room)
			}
		}
		sealed := &side{DB: bare.DB, table: "customers"}
		query := "SELECT id, name, email, phone FROM %s WHERE id <= 1000"
		b.Run("read", func(b *testing.B) {
			compare(b, sealed, bare, func(s *side, _ int) { s.scan(b, query, benchRows) })
		})
		b.Run("read-and-open", func(b *testing.B) {
			compare(b, sealed, bare, func(s *side, _ int) {
				if s == bare {
					s.scan(b, query, benchRows)
					return
				}
				rows, err := s.Query(s.text(query))
				if err != nil {
					b.Fatal(err)
				}
				defer rows.Close()
				for rows.Next() {
					var id int
					var name, email, phone sql.RawBytes
					if err := rows.Scan(&id, &name, &email, &phone); err != nil {
						b.Fatal(err)
					}
					open(id, name, email, phone)
				}
				if rows.Err() != nil {
					b.Fatal(rows.Err())
				}
			})
		})
	})
}

// compare runs both sides in turn and reports what one costs of the other.
func compare(b *testing.B, door, bare *side, run func(s *side, i int)) {
	run(door, 0)
	run(bare, 0)
	var times [2]time.Duration
	i := 0
	for b.Loop() {
		i++
		for k, s := range []*side{door, bare} {
			began := time.Now()
			run(s, i)
			times[k] += time.Since(began)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(times[0].Nanoseconds())/float64(i)/1e3, "door-µs")
	b.ReportMetric(float64(times[1].Nanoseconds())/float64(i)/1e3, "bare-µs")
	b.ReportMetric(float64(times[0])/float64(times[1]), "ratio")
}

func benchEach(b *testing.B, f func(b *testing.B, dialect string, door, bare *side)) {
	testdb.EachB(b, func(b *testing.B, db testdb.DB) {
		ty := db.Types
		rest := ", city " + ty.Text
		db.Run(b, "CREATE TABLE customers (id "+ty.Int+" PRIMARY KEY, name "+ty.Blob+", email "+ty.Blob+", phone "+ty.Blob+rest+", email__eq "+ty.Term+")")
		db.Run(b, "CREATE INDEX customers_email ON customers (email__eq)")
		db.Run(b, "CREATE TABLE clear (id "+ty.Int+" PRIMARY KEY, name VARCHAR(200), email VARCHAR(200), phone VARCHAR(200)"+rest+")")
		db.Run(b, "CREATE INDEX clear_email ON clear (email)")
		db.Run(b, "CREATE TABLE visits (id "+ty.Int+" PRIMARY KEY, customer_id "+ty.Int+")")
		p := wrapped(b, db, newSchema(b, customers()), celltest.Ring(b), nil)
		door, bare := &side{DB: p.DB.DB, table: "customers"}, &side{DB: p.bare, table: "clear"}
		for _, s := range []*side{door, bare} {
			s.SetMaxOpenConns(1)
			fill(b, s)
		}
		f(b, db.Dialect, door, bare)
	})
}

func fill(b *testing.B, s *side) {
	tx, err := s.BeginTx(context.Background(), nil)
	require.NoError(b, err)
	for i := 1; i <= benchRows; i++ {
		_, err := tx.Exec(fmt.Sprintf("INSERT INTO %s (id, name, email, phone, city) VALUES (%d, 'Siobhan O''Neill %d', '%s', '0123 45678%d', 'Cork')", s.table, i, i, email(i), i))
		require.NoError(b, err)
		if s.table == "customers" {
			_, err = tx.Exec(fmt.Sprintf("INSERT INTO visits (id, customer_id) VALUES (%d, %d)", i, i))
			require.NoError(b, err)
		}
	}
	require.NoError(b, tx.Commit())
}

// some is the id of a customer.
func some(i int) int { return i%benchRows + 1 }
