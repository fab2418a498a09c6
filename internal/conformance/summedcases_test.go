package conformance

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/reseal"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// An index that is declared when there are rows: sums are right at once, and added up by the database once
// reseal.Rows has been.
func TestSumsOfRowsFromBefore(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := newBilling(t, db, nil)
		r := rand.New(rand.NewPCG(5, 5))
		for range 25 {
			require.NoError(t, w.write(ctx, r, 0))
		}
		for _, c := range []string{"amount", "due", "fee"} {
			run(t, w.bare, fmt.Sprintf("UPDATE bills SET %[1]s__n = NULL, %[1]s__sum = NULL WHERE day > 2", c))
		}
		require.NotZero(t, w.unnumbered(t, 0))
		w.alike(t, w.DB.DB)
		report, err := reseal.Verify(ctx, w.DB.DB, "bills")
		require.NoError(t, err)
		lacking := 0
		for _, x := range report.Indexes {
			lacking += x.NoTerm
		}
		require.Equal(t, w.unnumbered(t, 0), lacking)
		_, err = reseal.Rows(ctx, w.DB.DB, "bills", nil)
		require.NoError(t, err)
		require.Zero(t, w.unnumbered(t, 0))
		w.alike(t, w.DB.DB)
	})
}

// Tenants have keys and numbers of their own, and nobody adds up another one's.
func TestSumsOfTenants(t *testing.T) {
	type stay struct {
		_      struct{} `cell:"table=stays,bind=id,scope=tenant(tenant_id)"`
		ID     int64    `gorm:"primaryKey"`
		Tenant int64    `gorm:"column:tenant_id"`
		Ward   int64
		Nights int64 `cell:"seal" search:"sum,by=ward"`
	}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		s := newSchema(t, stay{})
		w := wrapOnly(t, db, s, celltest.Ring(t))
		script, err := sqlcell.DDL(s, dialects[db.Dialect])
		require.NoError(t, err)
		for statement := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(script), ";"), ";\n") {
			run(t, w.bare, statement)
		}
		of := func(tenant string) context.Context { return ormhooks.WithScope(ctx, "tenant", tenant) }
		for id := range 12 {
			_, err := w.ExecContext(ctx, w.SQL("INSERT INTO stays (id, tenant_id, ward, nights) VALUES (?, ?, ?, ?)"), id+1, id%2+1, id%3, 1<<id)
			require.NoError(t, err)
		}
		var numbers, groups int
		require.NoError(t, w.bare.QueryRow("SELECT COUNT(DISTINCT nights__n), COUNT(*) FROM stays").Scan(&numbers, &groups))
		require.Equal(t, []int{2, 12}, []int{numbers, groups}, "each ward of each tenant counts from 1")
		total := func(c context.Context, where string) (n int64, err error) {
			err = w.QueryRowContext(c, "SELECT SUM(nights) FROM stays"+where).Scan(&n)
			return n, err
		}
		n, err := total(ctx, "")
		require.NoError(t, err)
		require.EqualValues(t, 4095, n)
		n, err = total(of("1"), " WHERE tenant_id = 1")
		require.NoError(t, err)
		require.EqualValues(t, 0b010101010101, n)
		_, err = total(of("1"), "")
		require.ErrorAs(t, err, new(*ormhooks.ScopeError), "rows of another tenant")
		_, err = w.ExecContext(ctx, "UPDATE stays SET tenant_id = 2 WHERE id = 1")
		require.NoError(t, err)
		n, err = total(of("2"), " WHERE tenant_id = 2")
		require.NoError(t, err)
		require.EqualValues(t, 0b101010101011, n)
		run(t, w.bare, "UPDATE stays SET nights__sum = nights__sum + 1099511627776 WHERE id = 2")
		run(t, w.bare, "UPDATE stays SET nights__sum = 12345 WHERE id = 4")
		_, err = total(ctx, "")
		require.Error(t, err, "what no longer is a sum is said")
	})
}

// The ends of what is added up, and what is beyond them.
func TestSumsAtTheirBounds(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		s := newSchema(t, schema.Table{
			Name: "big", Bind: bound("id"), Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "v", Mode: schema.ModeSeal, Type: "int", Nullable: true}},
			Indexes: []*schema.Index{{Kind: "sum", Columns: exact("v").Columns, Bound: 1 << 62}},
		})
		w := wrapOnly(t, db, s, celltest.Ring(t))
		script, err := sqlcell.DDL(s, dialects[db.Dialect])
		require.NoError(t, err)
		for statement := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(script), ";"), ";\n") {
			run(t, w.bare, statement)
		}
		insert := func(id int, v any) error {
			_, err := w.Exec(w.SQL("INSERT INTO big (id, v) VALUES (?, ?)"), id, v)
			return err
		}
		for _, v := range []any{int64(math.MinInt64), int64(1)<<62 + 1, int64(math.MaxInt64)} {
			var column *ormhooks.ColumnError
			require.ErrorAs(t, insert(9, v), &column)
			require.Equal(t, "v", column.Column)
			require.NotContains(t, column.Error(), "4611686018427387905")
		}
		for id, v := range []int64{1 << 62, -1 << 62, 1 << 62, -1 << 62, -1 << 62, 0, 5} {
			require.NoError(t, insert(id+1, v))
		}
		var sum string
		require.NoError(t, w.QueryRow("SELECT SUM(v) FROM big ").Scan(&sum))
		require.Equal(t, "-4611686018427387899", sum, "gathered, as it might not have fit")
		if db.Dialect == testdb.SQLite {
			require.ErrorContains(t, w.QueryRow("SELECT SUM(v) FROM big WHERE id IN (1, 3)").Scan(&sum), "out of the range")
			return
		}
		require.NoError(t, w.QueryRow("SELECT SUM(v) FROM big WHERE id IN (1, 3)").Scan(&sum))
		require.Equal(t, "9223372036854775808", sum)
	})
}
