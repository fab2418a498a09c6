package gormcell_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/gormcell"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// Client and Bill have columns of one join group.
type Client struct {
	_    struct{} `cell:"bind=id"`
	ID   int64    `gorm:"primaryKey;autoIncrement:false"`
	Mail string   `cell:"seal" search:"join=mail,trim,fold,leaks=equality"`
}

type Bill struct {
	_     struct{} `cell:"bind=id"`
	ID    int64    `gorm:"primaryKey;autoIncrement:false"`
	Payer *string  `cell:"seal" search:"join=mail,trim,fold,leaks=equality"`
	Total int64
}

func TestModelsAreJoinedByEncryptedColumns(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		s, err := ormhooks.NewSchema(Client{}, Bill{})
		require.NoError(t, err)
		pool := wrapConnector(t, db, s, connector(t, db, false))
		g, err := gorm.Open(dialectorOf(db.Dialect, pool), quiet())
		require.NoError(t, err)
		require.NoError(t, g.Use(gormcell.New(s)))
		require.NoError(t, g.AutoMigrate(Client{}, Bill{}))
		require.NoError(t, sqlcell.Check(ctx, pool))

		payer := func(s string) *string { return &s }
		require.NoError(t, g.Create(&[]Client{{ID: 1, Mail: secret + "@Example.com"}, {ID: 2, Mail: "bo" + secret}}).Error)
		require.NoError(t, g.Create(&[]Bill{{ID: 1, Payer: payer(secret + "@example.com "), Total: 5}, {ID: 2, Total: 7}, {ID: 3, Payer: payer("nobody"), Total: 9}}).Error)
		var got []struct {
			Mail, Payer string
			Total       int64
		}
		require.NoError(t, g.Model(&Client{}).Select("clients.mail, bills.payer, bills.total").Joins("JOIN bills ON bills.payer = clients.mail").Scan(&got).Error)
		require.Len(t, got, 1)
		require.Equal(t, secret+"@Example.com", got[0].Mail)
		require.Equal(t, secret+"@example.com ", got[0].Payer)

		var bills []Bill
		require.NoError(t, g.Where("payer IN (?)", g.Model(&Client{}).Select("mail")).Find(&bills).Error)
		require.Len(t, bills, 1)
		require.EqualValues(t, 5, bills[0].Total)
		require.NoError(t, g.Where("payer = ?", "NOBODY").Find(&bills).Error)
		require.Len(t, bills, 1)
		require.EqualValues(t, 9, bills[0].Total)
		require.NoError(t, g.Model(&Bill{}).Where("id = ?", 3).Update("payer", "Bo"+secret).Error)
		require.NoError(t, g.Model(&Client{}).Select("clients.mail, bills.payer, bills.total").Joins("JOIN bills ON bills.payer = clients.mail").Order("bills.total").Scan(&got).Error)
		require.Len(t, got, 2)
		celltest.AssertSealed(t, db.DB, secret)
	})
}
