package gormcell_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/gormcell"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// Invoice is added up by clinic.
type Invoice struct {
	_      struct{} `cell:"bind=id"`
	ID     int64    `gorm:"primaryKey;autoIncrement:false"`
	Clinic int64
	Amount int64 `cell:"seal" search:"sum,by=clinic"`
}

func TestGORMAddsUp(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		s, err := ormhooks.NewSchema(Invoice{})
		require.NoError(t, err)
		pool := wrap(t, db, s)
		g, err := gorm.Open(dialectorOf(db.Dialect, pool), quiet())
		require.NoError(t, err)
		require.NoError(t, g.Use(gormcell.New(s)))
		require.NoError(t, g.AutoMigrate(&Invoice{}))
		require.NoError(t, g.AutoMigrate(&Invoice{}), "a second time")
		require.NoError(t, sqlcell.Check(t.Context(), pool))

		require.NoError(t, g.Create(&[]Invoice{{ID: 1, Clinic: 1, Amount: 100}, {ID: 2, Clinic: 1, Amount: 50}, {ID: 3, Clinic: 2, Amount: 7}}).Error)
		sums := func() (all []Invoice) {
			t.Helper()
			require.NoError(t, g.Model(&Invoice{}).Select("clinic, SUM(amount) AS amount").Group("clinic").Order("clinic").Scan(&all).Error)
			return all
		}
		require.Equal(t, []Invoice{{Clinic: 1, Amount: 150}, {Clinic: 2, Amount: 7}}, sums())
		require.NoError(t, g.Model(&Invoice{ID: 1}).Update("amount", 5).Error)
		require.NoError(t, g.Model(&Invoice{ID: 2}).Update("clinic", 2).Error)
		require.NoError(t, g.Save(&Invoice{ID: 3, Clinic: 3, Amount: 9}).Error)
		require.NoError(t, g.Clauses(clause.OnConflict{UpdateAll: true}).Create(&Invoice{ID: 1, Clinic: 3, Amount: 8}).Error)
		require.Equal(t, []Invoice{{Clinic: 2, Amount: 50}, {Clinic: 3, Amount: 17}}, sums())
		require.NoError(t, g.Delete(&Invoice{}, 1).Error)
		require.Equal(t, []Invoice{{Clinic: 2, Amount: 50}, {Clinic: 3, Amount: 9}}, sums())
		var unnumbered int
		require.NoError(t, db.DB.QueryRow("SELECT COUNT(*) FROM invoices WHERE amount__n IS NULL OR amount__sum IS NULL").Scan(&unnumbered))
		require.Zero(t, unnumbered)
	})
}
