package gormcell_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/gormcell"
)

// Letter has what is asked beyond equality.
type Letter struct {
	_    struct{}  `cell:"bind=id"`
	ID   uuid.UUID `gorm:"primaryKey"`
	Body *string   `cell:"seal" search:"substring,fold;words,fold"`
	Name string    `cell:"seal" search:"exact,fold;prefix,fold"`
	Sent time.Time `cell:"seal" search:"range"`
}

func TestGORMAsksBeyondEquality(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		s, err := ormhooks.NewSchema(Letter{})
		require.NoError(t, err)
		g, err := gorm.Open(dialectorOf(db.Dialect, wrap(t, db, s)), quiet())
		require.NoError(t, err)
		require.NoError(t, g.Use(gormcell.New(s)))
		require.NoError(t, g.AutoMigrate(&Letter{}))
		require.NoError(t, g.AutoMigrate(&Letter{}), "a second time")
		require.True(t, g.Migrator().HasTable("cellseal_pending"))

		day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
		body := "Dear Sir, " + secret
		letters := []Letter{{ID: uuid.New(), Body: &body, Name: "Ann", Sent: day(1)}, {ID: uuid.New(), Name: "bob", Sent: day(2)}, {ID: uuid.New(), Name: "anton", Sent: day(3)}}
		require.NoError(t, g.Create(&letters).Error)
		names := func(where string, args ...any) (all []string) {
			t.Helper()
			require.NoError(t, g.Model(&Letter{}).Where(where, args...).Order("sent").Pluck("name", &all).Error)
			return all
		}
		require.Equal(t, []string{"Ann"}, names("body LIKE ?", "%"+secret+"%"))
		require.Equal(t, []string{"Ann", "anton"}, names("name LIKE ?", "AN%"))
		require.Equal(t, []string{"bob", "anton"}, names("sent > ?", day(1)))
		require.Equal(t, []string{"Ann", "bob"}, names("sent BETWEEN ? AND ?", day(1), day(2)))
		require.Equal(t, []string{"Ann"}, names("cellseal_match(body, ?)", "sir"))

		require.NoError(t, g.Model(&letters[1]).Update("name", "annabel").Error)
		letters[2].Name = "zoe"
		require.NoError(t, g.Save(&letters[2]).Error)
		require.Equal(t, []string{"Ann", "annabel"}, names("name LIKE ?", "an%"))
		var n int64
		require.NoError(t, g.Model(&Letter{}).Not("name LIKE ?", "an%").Count(&n).Error)
		require.EqualValues(t, 1, n)
		require.NoError(t, g.Delete(&Letter{}, "name LIKE ?", "ann%").Error)
		require.Equal(t, []string{"zoe"}, names("1 = 1"))
		celltest.AssertSealed(t, db.DB, secret)
	})
}
