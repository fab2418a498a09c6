package conformance

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/reseal"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// bill has running sums by one column, by two and by none, of integers and of decimals. plain_bills, in the same
// database, holds the same in clear: one transaction writes both.
type bill struct {
	_      struct{} `cell:"table=bills,bind=id"`
	ID     int64    `gorm:"primaryKey"`
	Clinic *int64
	Ward   string `cell:"type=varchar(10)"`
	Day    int64
	Amount *int64 `cell:"seal" search:"sum,by=clinic"`
	Due    string `cell:"seal,type=numeric(10,2)" search:"sum"`
	Fee    *int64 `cell:"seal" search:"sum,by=clinic+ward,bound=1000000"`
	Payer  string `cell:"seal" search:"exact,leaks=frequency"`
}

var plainBills = map[string]string{
	testdb.Postgres: `CREATE TABLE plain_bills (id BIGINT PRIMARY KEY, clinic BIGINT, ward VARCHAR(10) COLLATE "C", day BIGINT, amount BIGINT, due NUMERIC(10,2), fee BIGINT, payer VARCHAR(20))`,
	testdb.MySQL:    "CREATE TABLE plain_bills (id BIGINT PRIMARY KEY, clinic BIGINT, ward VARBINARY(40), day BIGINT, amount BIGINT, due DECIMAL(10,2), fee BIGINT, payer VARCHAR(20))",
	testdb.SQLite:   "CREATE TABLE plain_bills (id INTEGER PRIMARY KEY, clinic INTEGER, ward TEXT, day INTEGER, amount INTEGER, due TEXT, fee INTEGER, payer TEXT)",
}

// billing is a database with both tables.
type billing struct {
	*world
	live *keys.Live
}

func newBilling(t *testing.T, db testdb.DB, o *sqlcell.Options) *billing {
	s := newSchema(t, bill{})
	w := &billing{world: &world{DB: db, bare: db.DB, schema: s}, live: keys.NewLive(promotedBack(t), nil)}
	w.DB.DB = sql.OpenDB(sqlcell.WrapOptions(tuned(t, db), s, w.live, dialects[db.Dialect], o))
	t.Cleanup(func() { w.DB.Close() })
	script, err := sqlcell.DDL(s, dialects[db.Dialect])
	require.NoError(t, err)
	for statement := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(script), ";"), ";\n") {
		run(t, w.bare, statement)
	}
	run(t, w.bare, plainBills[db.Dialect])
	require.NoError(t, sqlcell.Check(ctx, w.DB.DB))
	return w
}

// fill adds rows that no writer touches.
func (w *billing) fill(t *testing.T, rows int) {
	t.Helper()
	for _, table := range []string{"bills", "plain_bills"} {
		r := rand.New(rand.NewPCG(1, 1))
		var args []any
		for i := range rows {
			args = append(args, 90000+i, clinicOf(r), wardOf(r), r.IntN(9), amountOf(r), dueOf(r), feeOf(r), payerOf(r))
		}
		const row = "(?, ?, ?, ?, ?, ?, ?, ?)"
		w.Run(t, "INSERT INTO "+table+" (id, clinic, ward, day, amount, due, fee, payer) VALUES "+row+strings.Repeat(", "+row, rows-1), args...)
	}
}

// billSteps are what a writer does, with ? for its arguments; %s is the table.
var billSteps = []struct {
	weight int
	text   map[string]string // by dialect, "" for the others
	args   func(r *rand.Rand, own func() int) []any
}{
	{6, on("INSERT INTO %s (id, clinic, ward, day, amount, due, fee, payer) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"), func(r *rand.Rand, own func() int) []any {
		return []any{own(), clinicOf(r), wardOf(r), r.IntN(9), amountOf(r), dueOf(r), feeOf(r), payerOf(r)}
	}},
	{3, on("INSERT INTO %s (id, clinic, ward, day, amount, due, fee, payer) VALUES (?, 1, 'a', 2, ?, ?, NULL, 'x'), (?, 2, 'b', 3, ?, ?, 7, 'y'), (?, NULL, 'a', 3, ?, ?, 8, 'x')"), func(r *rand.Rand, own func() int) []any {
		return []any{own(), amountOf(r), dueOf(r), own() + 1000, amountOf(r), dueOf(r), own() + 2000, amountOf(r), dueOf(r)}
	}},
	{4, on("UPDATE %s SET amount = ? WHERE id = ?"), func(r *rand.Rand, own func() int) []any { return []any{amountOf(r), own()} }},
	{4, on("UPDATE %s SET due = ?, fee = ? WHERE id = ?"), func(r *rand.Rand, own func() int) []any { return []any{dueOf(r), feeOf(r), own()} }},
	{3, on("UPDATE %s SET clinic = ? WHERE id = ?"), func(r *rand.Rand, own func() int) []any { return []any{clinicOf(r), own()} }},
	{2, on("UPDATE %s SET ward = ?, amount = ? WHERE id = ?"), func(r *rand.Rand, own func() int) []any { return []any{wardOf(r), amountOf(r), own()} }},
	{2, on("UPDATE %s SET clinic = ?, ward = ?, fee = ?, day = 4 WHERE id = ?"), func(r *rand.Rand, own func() int) []any { return []any{clinicOf(r), wardOf(r), feeOf(r), own()} }},
	{2, on("UPDATE %s SET amount = NULL, fee = COALESCE(?, fee) WHERE id = ?"), func(r *rand.Rand, own func() int) []any { return []any{feeOf(r), own()} }},
	{2, on("UPDATE %s SET id = ? WHERE id = ?"), func(r *rand.Rand, own func() int) []any { return []any{own(), own()} }},
	{1, on("UPDATE %s SET payer = ? WHERE id = ?"), func(r *rand.Rand, own func() int) []any { return []any{payerOf(r), own()} }},
	{3, on("DELETE FROM %s WHERE id = ?"), func(r *rand.Rand, own func() int) []any { return []any{own()} }},
	{3, map[string]string{
		testdb.MySQL: "INSERT INTO %s (id, clinic, ward, day, amount, due, fee, payer) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE clinic = VALUES(clinic), ward = VALUES(ward), amount = VALUES(amount), fee = VALUES(fee)",
		"":           "INSERT INTO %s (id, clinic, ward, day, amount, due, fee, payer) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET clinic = excluded.clinic, ward = excluded.ward, amount = excluded.amount, fee = excluded.fee",
	}, func(r *rand.Rand, own func() int) []any {
		return []any{own(), clinicOf(r), wardOf(r), r.IntN(9), amountOf(r), dueOf(r), feeOf(r), payerOf(r)}
	}},
	{2, map[string]string{
		testdb.MySQL:    "REPLACE INTO %s (id, clinic, ward, day, amount, due, fee, payer) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		testdb.SQLite:   "INSERT OR REPLACE INTO %s (id, clinic, ward, day, amount, due, fee, payer) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		testdb.Postgres: "INSERT INTO %s (id, clinic, ward, day, amount, due, fee, payer) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET due = excluded.due",
	}, func(r *rand.Rand, own func() int) []any {
		return []any{own(), clinicOf(r), wardOf(r), r.IntN(9), amountOf(r), dueOf(r), feeOf(r), payerOf(r)}
	}},
}

func on(text string) map[string]string { return map[string]string{"": text} }

func clinicOf(r *rand.Rand) any {
	if r.IntN(6) == 0 {
		return nil
	}
	return r.IntN(3)
}
func wardOf(r *rand.Rand) any  { return []string{"a", "b", ""}[r.IntN(3)] }
func payerOf(r *rand.Rand) any { return []string{"x", "y", "z"}[r.IntN(3)] }
func dueOf(r *rand.Rand) any   { return fmt.Sprintf("%d.%02d", r.IntN(2000)-1000, r.IntN(100)) }
func feeOf(r *rand.Rand) any {
	if r.IntN(5) == 0 {
		return nil
	}
	return r.IntN(2_000_001) - 1_000_000
}
func amountOf(r *rand.Rand) any {
	switch r.IntN(6) {
	case 0:
		return nil
	case 1:
		return int64(1 << 36)
	case 2:
		return -int64(1 << 36)
	}
	return r.IntN(1000)
}

// write is a transaction of one writer in both tables, who commits or not.
func (w *billing) write(c context.Context, r *rand.Rand, writer int) error {
	own := func() int { return writer*10000 + r.IntN(30) + 1 }
	tx, err := w.BeginTx(c, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for range 1 + r.IntN(4) {
		all := 0
		for _, s := range billSteps {
			all += s.weight
		}
		n := r.IntN(all)
		for _, s := range billSteps {
			if n -= s.weight; n >= 0 {
				continue
			}
			text := s.text[w.Dialect]
			if text == "" {
				text = s.text[""]
			}
			if err := w.inBoth(c, tx, text, s.args(r, own)); err != nil {
				return err
			}
			break
		}
	}
	if r.IntN(4) == 0 {
		return tx.Rollback()
	}
	return tx.Commit()
}

// inBoth carries out a statement on both tables, or on neither of them: a key may be there already.
func (w *billing) inBoth(c context.Context, tx *sql.Tx, text string, args []any) error {
	exec := func(text string, args ...any) error {
		_, err := tx.ExecContext(c, text, args...)
		return err
	}
	if err := exec("SAVEPOINT step"); err != nil {
		return err
	}
	err := exec(w.SQL(fmt.Sprintf(text, "bills")), args...)
	if err == nil {
		err = exec(w.SQL(fmt.Sprintf(text, "plain_bills")), args...)
	}
	if err == nil || !duplicate(err) {
		return err
	}
	return exec("ROLLBACK TO SAVEPOINT step")
}

// duplicate reports whether a row of the primary key is there already. No number may ever be.
func duplicate(err error) bool {
	says := err.Error()
	return twice(err) && (strings.Contains(says, "PRIMARY") || strings.Contains(says, "bills_pkey") || strings.Contains(says, "bills.id"))
}

// billSums are asked of both tables. SQLite's decimals are texts, which it is not asked to add up.
func (w *billing) sums() []string {
	all := []string{
		"SELECT SUM(amount), AVG(amount), COUNT(amount), COUNT(*), SUM(fee) FROM %s",
		"SELECT clinic, SUM(amount), AVG(amount), COUNT(*), COUNT(fee) FROM %s GROUP BY clinic ORDER BY clinic",
		"SELECT clinic, ward, SUM(fee), COUNT(fee) FROM %s GROUP BY clinic, ward ORDER BY ward, clinic",
		"SELECT ward, SUM(fee), SUM(amount) FROM %s GROUP BY ward ORDER BY ward",
		"SELECT day, SUM(amount) FROM %s WHERE clinic = 1 OR clinic IS NULL GROUP BY day HAVING COUNT(*) > 1 ORDER BY SUM(amount) DESC, day LIMIT 3",
		"SELECT SUM(amount), AVG(fee) FROM %s WHERE payer = 'x' AND day < 6",
		"SELECT SUM(amount) FROM %s WHERE id IN (SELECT id FROM plain_bills WHERE fee > 0)",
	}
	if w.Dialect != testdb.SQLite {
		all = append(all, "SELECT SUM(due), AVG(due), COUNT(due), SUM(amount) FROM %s", "SELECT clinic, AVG(due), SUM(due) FROM %s WHERE id > 5 GROUP BY clinic ORDER BY SUM(due), clinic")
	}
	return all
}

func (w *billing) alike(t *testing.T, on runner) {
	t.Helper()
	for _, q := range w.sums() {
		ours, twin := execute(ctx, on, fmt.Sprintf(q, "bills")), execute(ctx, on, fmt.Sprintf(q, "plain_bills"))
		require.NoError(t, twin.err, q)
		require.NoError(t, ours.err, q)
		require.Equal(t, twin.rows, ours.rows, q)
	}
	rows := "SELECT id, clinic, ward, day, amount, fee, payer FROM %s ORDER BY id"
	require.Equal(t, execute(ctx, on, fmt.Sprintf(rows, "plain_bills")).rows, execute(ctx, on, fmt.Sprintf(rows, "bills")).rows)
}

// unnumbered is how many values have no number, or one of another key than this; 0 is any.
func (w *billing) unnumbered(t *testing.T, key int64) (n int) {
	t.Helper()
	for _, c := range []string{"amount", "due", "fee"} {
		var missing int
		query := fmt.Sprintf("SELECT COUNT(*) FROM bills WHERE (%[1]s IS NULL) <> (%[1]s__n IS NULL) OR (%[1]s IS NULL) <> (%[1]s__sum IS NULL)", c)
		if key != 0 {
			query += fmt.Sprintf(" OR %s__n < %d OR %[1]s__n >= %[3]d", c, key<<32, (key+1)<<32)
		}
		require.NoError(t, w.bare.QueryRow(query).Scan(&missing))
		n += missing
	}
	return n
}

// TestSumsOfRandomWrites compares every sum with the plain one, through insertions, changes, moves between groups,
// upserts, deletions and rollbacks, while the index key changes. CELLSEAL_TEST_STEPS multiplies the steps.
func TestSumsOfRandomWrites(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := newBilling(t, db, &sqlcell.Options{MaxRows: 150}) // less than there are rows
		w.fill(t, 160)
		r := rand.New(rand.NewPCG(3, uint64(len(db.Dialect))))
		for step := range steps(60) {
			require.NoError(t, w.write(ctx, r, 0))
			if step%10 == 9 {
				w.alike(t, w.DB.DB)
			}
			if step%40 == 20 {
				w.live.Swap(celltest.Rotated(t)) // promoted: what is written is under the new key
			}
		}
		w.alike(t, w.DB.DB)
		require.Zero(t, w.unnumbered(t, 0))
		_, err := reseal.Rows(ctx, w.DB.DB, "bills", nil)
		require.NoError(t, err)
		primary := int64(0)
		for k := range celltest.Rotated(t).IndexKeys().Keys() {
			if k.Primary {
				primary = int64(k.ID)
			}
		}
		require.Zero(t, w.unnumbered(t, primary))
		again, err := reseal.Rows(ctx, w.DB.DB, "bills", nil)
		require.NoError(t, err)
		require.Zero(t, again.Wrote)
		w.alike(t, w.DB.DB)
		celltest.AssertSealed(t, w.bare, "no such text")
	})
}

// TestSumsOfManyWriters has writers of the same groups at once.
func TestSumsOfManyWriters(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := newBilling(t, db, nil)
		var group sync.WaitGroup
		failed := make(chan error, 4)
		for writer := range 4 {
			group.Go(func() {
				r := rand.New(rand.NewPCG(7, uint64(writer)))
				for range steps(12) {
					for {
						err := w.write(ctx, r, writer+1)
						if err == nil {
							break
						}
						if !weather(err) {
							failed <- err
							return
						}
					}
				}
			})
		}
		group.Wait()
		select {
		case err := <-failed:
			t.Fatal(err)
		default:
		}
		w.alike(t, w.DB.DB)
		require.Zero(t, w.unnumbered(t, 0))
	})
}
