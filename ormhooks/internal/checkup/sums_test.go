package checkup_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
)

type Charge struct {
	_      struct{} `cell:"table=charges,bind=id"`
	ID     int64    `gorm:"primaryKey"`
	Clinic *int64
	Ward   string `cell:"type=varchar(20)"`
	Amount int64  `cell:"seal" search:"sum,by=clinic+ward"`
}

// Whatever is missing of a running sum is found, and made by the message.
func TestWhatRunningSumsLack(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		l := newLive(t, db, Charge{})
		table := l.schema.Table("charges")
		indexes := ddl.Indexes(table, l.d)
		require.Len(t, indexes, map[string]int{testdb.Postgres: 1}[db.Dialect]+map[bool]int{true: 2}[db.Dialect != testdb.Postgres])
		for _, i := range indexes {
			l.dropIndex(t, "charges", i.Name)
			l.finds(t, "amount__n", "has no index on (clinic, ward, amount__n", true)
		}
		for _, name := range []string{"amount__n", "amount__sum"} {
			at := slices.IndexFunc(ddl.Columns(table, l.d), func(c ddl.Column) bool { return c.Name == name })
			if db.Dialect != testdb.Postgres {
				for _, i := range indexes {
					if slices.Contains(i.Columns, name) {
						l.dropIndex(t, "charges", i.Name)
					}
				}
			}
			l.run(t, ddl.Columns(table, l.d)[at].Drop(l.d, "charges"))
			found := l.check(t)
			require.NotEmpty(t, found)
			require.Contains(t, found[0].Error(), "cellseal: charges."+name+": the column is missing, by which the database adds up amount")
			for _, f := range found {
				l.run(t, f.DDL)
			}
			l.clean(t)
		}
		l.run(t, "DROP TABLE cellseal_sums")
		found := l.check(t)
		require.Len(t, found, 1)
		require.Contains(t, found[0].Error(), "cellseal_sums: the table is missing in which the counters of running sums are kept")
		l.run(t, found[0].DDL)
		l.clean(t)
	})
}

func TestColumnsOfRunningSumsOfTheWrongForm(t *testing.T) {
	const pg, my, lite = testdb.Postgres, testdb.MySQL, testdb.SQLite
	again := ";\nCREATE UNIQUE INDEX again ON charges (clinic, ward, amount__n)"
	for _, c := range []struct{ on, statements, column, says string }{
		{pg, "ALTER TABLE charges ALTER COLUMN amount__n TYPE INTEGER", "amount__n", "is integer, but holds signed numbers of 64 bits: BIGINT"},
		{my, "ALTER TABLE charges MODIFY amount__n BIGINT UNSIGNED", "amount__n", "holds signed numbers of 64 bits: BIGINT"},
		{my, "ALTER TABLE charges MODIFY amount__n INT", "amount__n", "holds signed numbers of 64 bits: BIGINT"},
		{lite, "DROP INDEX charges_amount__n;\nDROP INDEX charges_amount__sum;\nALTER TABLE charges DROP COLUMN amount__n;\nALTER TABLE charges ADD COLUMN amount__n TEXT" + again +
			";\nCREATE INDEX again2 ON charges (clinic, ward, amount__n, amount__sum)", "amount__n", "holds signed numbers of 64 bits: INTEGER"},
		{pg, "ALTER TABLE charges ALTER COLUMN amount__sum SET NOT NULL", "amount__sum", "is NOT NULL, but it is NULL where the value beside it is"},
		{pg, "CREATE TABLE clinics (id BIGINT PRIMARY KEY);\nALTER TABLE charges ADD CONSTRAINT k FOREIGN KEY (clinic) REFERENCES clinics ON DELETE SET NULL", "clinic",
			"has the foreign key k with ON DELETE SET NULL, by which the server would change which rows it is added up with, and the sums would be wrong"},
		{my, "CREATE TABLE clinics (id BIGINT PRIMARY KEY);\nALTER TABLE charges ADD CONSTRAINT k FOREIGN KEY (clinic) REFERENCES clinics (id) ON UPDATE CASCADE", "clinic", "the sums would be wrong"},
		{my, "ALTER TABLE charges MODIFY ward VARCHAR(20)", "ward", "which takes texts for equal"},
	} {
		t.Run(c.statements, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, db testdb.DB) {
				if db.Dialect != c.on {
					return
				}
				l := newLive(t, db, Charge{})
				l.run(t, c.statements)
				l.finds(t, c.column, c.says, true)
			})
		})
	}
}
