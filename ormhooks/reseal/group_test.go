package reseal_test

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/reseal"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search"
)

// payers and payments have columns of the join groups that are named.
func payersAndPayments(t testing.TB, groups ...string) *schema.Schema {
	t.Helper()
	table := func(name, column string) schema.Table {
		all := schema.Table{
			Name: name, Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
			Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: column, Mode: schema.ModeSeal, Type: "varchar(100)", Nullable: true}},
		}
		for _, group := range groups {
			all.Indexes = append(all.Indexes, &schema.Index{
				Kind: "join", Name: group, Group: group, AcceptEquality: true,
				Columns: []search.Column{{Name: column, Transforms: []search.Transform{search.Trim, search.Fold}}},
			})
		}
		return all
	}
	s, err := schema.New(table("payers", "email"), table("payments", "payer"))
	require.NoError(t, err)
	return s
}

func through(t testing.TB, db testdb.DB, s *schema.Schema, ring *keys.Ring) testdb.DB {
	t.Helper()
	db.DB = sql.OpenDB(sqlcell.WrapOptions(db.Connector, s, ring, dialects[db.Dialect], &sqlcell.Options{Lease: 50 * time.Millisecond}))
	t.Cleanup(func() { db.Close() })
	return db
}

// mend does to the database what Check says.
func mend(t testing.TB, db, through testdb.DB) (said []string) {
	t.Helper()
	err := sqlcell.Check(ctx, through.DB)
	require.Error(t, err)
	for _, one := range err.(interface{ Unwrap() []error }).Unwrap() {
		var missing *ormhooks.CheckError
		require.ErrorAs(t, one, &missing)
		said = append(said, missing.Table+"."+missing.Column+": "+missing.Problem)
		for statement := range strings.SplitSeq(missing.DDL, ";\n") {
			if statement != "" {
				db.Run(t, statement)
			}
		}
	}
	return said
}

func joined(t testing.TB, db testdb.DB) (ids []int) {
	t.Helper()
	rows, err := db.Query("SELECT p.id, m.payer, p.email FROM payers p JOIN payments m ON m.payer = p.email ORDER BY p.id")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var id int
		require.NoError(t, rows.Scan(&id, new(string), new(string)))
		ids = append(ids, id)
	}
	require.NoError(t, rows.Err())
	return ids
}

func pay(t testing.TB, db testdb.DB, id int, email, payer string) {
	t.Helper()
	db.Run(t, "INSERT INTO payers (id, email) VALUES (?, ?)", id, email)
	db.Run(t, "INSERT INTO payments (id, payer) VALUES (?, ?)", id, payer)
}

func refill(t testing.TB, db testdb.DB) {
	t.Helper()
	for _, table := range []string{"payers", "payments"} {
		report, err := reseal.Rows(ctx, db.DB, table, nil)
		require.NoError(t, err)
		require.Equal(t, report.Rows, report.Wrote)
		report, err = reseal.Rows(ctx, db.DB, table, nil)
		require.NoError(t, err)
		require.Zero(t, report.Wrote)
	}
}

// A join group from a table without it to one under another index key.
func TestAJoinGroupAndItsKeys(t *testing.T) {
	soon := &reseal.Options{Settle: time.Millisecond}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		first := celltest.Ring(t)
		script, err := sqlcell.DDL(payersAndPayments(t), dialects[db.Dialect])
		require.NoError(t, err)
		for statement := range strings.SplitSeq(script, ";\n") {
			if statement != "" {
				db.Run(t, statement)
			}
		}
		pay(t, through(t, db, payersAndPayments(t), first), 1, "Ann@example.com", "ann@Example.com ")
		_, err = through(t, db, payersAndPayments(t), first).Query("SELECT p.id FROM payers p JOIN payments m ON m.payer = p.email")
		require.ErrorContains(t, err, `add search:"join=<name>,leaks=equality" to the tags of both columns`)

		s := payersAndPayments(t, "mail")
		now := through(t, db, s, first)
		said := strings.Join(mend(t, db, now), "\n")
		require.Contains(t, said, "payers.email__mail: the column is missing, in which the library keeps the search terms of email")
		require.Contains(t, said, "payments.payer__mail: the column is missing")
		require.Contains(t, said, "payers.email__mail: has no index")
		require.NoError(t, sqlcell.Check(ctx, now.DB))
		require.Empty(t, joined(t, now))
		refill(t, now)
		pay(t, now, 2, "bo@example.com", "bo@example.com")
		require.Equal(t, []int{1, 2}, joined(t, now))

		both, second := added(t, first)
		ks, err := both.IndexKeys().Promote(second)
		require.NoError(t, err)
		both, err = both.WithIndexKeys(ks)
		require.NoError(t, err)
		unpinned := through(t, db, s, both)
		_, err = unpinned.Exec(db.SQL("INSERT INTO payers (id, email) VALUES (?, ?)"), 9, "cy@example.com")
		require.ErrorAs(t, err, new(*search.PinError))
		require.ErrorContains(t, sqlcell.Check(ctx, unpinned.DB), "is a join group of a ring with 2 index keys")

		require.NoError(t, reseal.PinUnique(ctx, now.DB, "payments", "payer__mail", soon))
		require.NoError(t, reseal.PinUnique(ctx, now.DB, "payers", "email__mail", soon), "of both columns already")
		later := through(t, db, s, both)
		require.NoError(t, sqlcell.Check(ctx, later.DB))
		pay(t, later, 3, "Cy@example.com", "cy@example.com")
		pay(t, now, 4, "cy@example.com", "nobody@example.com")
		require.Equal(t, []int{1, 2, 3, 4}, joined(t, later))
		var refused *reseal.IndexError
		require.ErrorAs(t, reseal.RotateUnique(ctx, later.DB, "payers", "email__mail", second, soon), &refused)
		require.Contains(t, refused.Problem, "declare a second group")

		moving := through(t, db, payersAndPayments(t, "mail", "mail2"), both)
		mend(t, db, moving)
		require.NoError(t, reseal.PinUnique(ctx, moving.DB, "payers", "email__mail2", &reseal.Options{PresentKey: second, Settle: time.Millisecond}))
		moving = through(t, db, payersAndPayments(t, "mail", "mail2"), both)
		refill(t, moving)
		require.Equal(t, []int{1, 2, 3, 4}, joined(t, moving))

		only := through(t, db, payersAndPayments(t, "mail2"), without(t, both, first.IndexKeys().Primary(), second))
		pay(t, only, 5, "dee@example.com", "DEE@example.com")
		require.Equal(t, []int{1, 2, 3, 4, 5}, joined(t, only))

		// Pins that disagree are found, before a row is lost.
		db.Run(t, "UPDATE cellseal_index SET key_id = ? WHERE table_name = ? AND index_name = ?", int64(first.IndexKeys().Primary()), "payers", "email__mail2")
		torn := through(t, db, payersAndPayments(t, "mail2"), both)
		_, err = torn.Query("SELECT p.id FROM payers p JOIN payments m ON m.payer = p.email")
		var statement *ormhooks.StatementError
		require.True(t, errors.As(err, &statement), "%v", err)
		require.Contains(t, statement.Reason, "does not say that their tokens are under one key")
		require.True(t, slices.ContainsFunc(strings.Split(sqlcell.Check(ctx, torn.DB).Error(), "\n"), func(line string) bool {
			return strings.Contains(line, "payments.payer__mail2") && strings.Contains(line, "payers.email__mail2")
		}))
		celltest.AssertSealed(t, db.DB, "Ann@example.com", "bo@example.com", "Cy@example.com", "dee@example.com")
	})
}
