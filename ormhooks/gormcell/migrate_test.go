package gormcell_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/gormcell"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search"
)

// statements counts what is executed that changes tables.
type statements struct{ all []string }

func (s *statements) watch(db *gorm.DB) error {
	return db.Callback().Raw().After("gorm:raw").Register("test:watch", func(db *gorm.DB) {
		switch text := db.Statement.SQL.String(); text[:4] {
		case "CREA", "ALTE", "DROP":
			s.all = append(s.all, text)
		}
	})
}

func TestAutoMigrate(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := open(t, db, gorm.Config{})
		var seen statements
		require.NoError(t, seen.watch(w.DB))
		require.NoError(t, w.AutoMigrate(models...))
		require.NotEmpty(t, seen.all)
		seen.all = nil
		require.NoError(t, w.AutoMigrate(models...))
		require.Empty(t, seen.all, "the second time there is nothing to do")

		for _, name := range []string{"email__eq", "ssn__tok", "phone__kid"} {
			require.True(t, w.Migrator().HasColumn(&Patient{}, name), name)
		}
		require.True(t, w.Migrator().HasColumn(&Doctor{}, "cellseal_row"))
		require.True(t, w.Migrator().HasTable("cellseal_index"))
		types := map[string]string{}
		bare := openBare(t, db)
		columns, err := bare.Migrator().ColumnTypes(&Patient{})
		require.NoError(t, err)
		for _, c := range columns {
			types[c.Name()] = c.DatabaseTypeName()
		}
		for _, name := range []string{"email", "ssn", "notes", "weight", "born", "tags", "home_street", "email__eq"} {
			require.Contains(t, []string{"blob", "bytea", "varbinary", "longblob", "BLOB"}, types[name], name)
		}
	})
}

// openBare is GORM without Cellseal.
func openBare(t *testing.T, db testdb.DB) *gorm.DB {
	bare, err := gorm.Open(dialectorOf(db.Dialect, db.DB), &gorm.Config{})
	require.NoError(t, err)
	return bare
}

// What was migrated is what Check wants to find.
func TestCheckAfterAutoMigrate(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := open(t, db, gorm.Config{})
		require.NoError(t, w.AutoMigrate(models...))
		require.NoError(t, sqlcell.Check(ctx, w.pool))
	})
}

func TestATableThatIsThereAlready(t *testing.T) {
	type Guest struct {
		ID   int64 `gorm:"primaryKey;autoIncrement:false"`
		Room string
	}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		bare := openBare(t, db)
		require.NoError(t, bare.AutoMigrate(&Guest{}))
		require.NoError(t, bare.Create(&Guest{1, "12"}).Error)
		grown := func() any {
			type Guest struct {
				ID    int64   `gorm:"primaryKey;autoIncrement:false"`
				Email *string `cell:"seal" search:"exact,unique"`
				Card  *string `cell:"token"`
				Room  string
			}
			return &Guest{}
		}()
		s, err := ormhooks.NewSchema(grown)
		require.NoError(t, err)
		g, err := gorm.Open(dialectorOf(db.Dialect, wrap(t, db, s)), quiet())
		require.NoError(t, err)
		require.NoError(t, g.Use(gormcell.New(s)))
		require.NoError(t, g.Session(&gorm.Session{DryRun: true}).AutoMigrate(grown))
		require.False(t, g.Migrator().HasColumn(grown, "email__eq"))
		require.NoError(t, g.AutoMigrate(grown))
		require.NoError(t, g.AutoMigrate(grown))

		one := map[string]any{"email": secret, "card": secret}
		require.NoError(t, g.Model(grown).Where("id = ?", 1).Updates(one).Error)
		var room string
		require.NoError(t, g.Model(grown).Select("room").Where("email = ?", secret).Scan(&room).Error)
		require.Equal(t, "12", room)
		require.Error(t, g.Model(grown).Create(map[string]any{"id": 2, "email": secret, "room": "13"}).Error, "the index is unique")
		celltest.AssertSealed(t, db.DB, secret)
	})
}

// A literal Table has no model, and GORM may write it by several.
func TestATableThatIsDeclaredAsALiteral(t *testing.T) {
	type Guest struct {
		ID    string `gorm:"primaryKey;size:40"`
		Email string
	}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		s, err := ormhooks.NewSchema(schema.Table{
			Name: "guests", Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
			Columns: []*schema.Column{{Name: "id", Type: "text"}, {Name: "email", Mode: schema.ModeSeal, Type: "text"}},
			Indexes: []*schema.Index{{Kind: "exact", Columns: []search.Column{{Name: "email"}}}},
		})
		require.NoError(t, err)
		g, err := gorm.Open(dialectorOf(db.Dialect, wrap(t, db, s)), quiet())
		require.NoError(t, err)
		require.NoError(t, g.Use(gormcell.New(s)))
		require.NoError(t, g.Table("guests").AutoMigrate(&Guest{}))
		require.NoError(t, g.AutoMigrate(&Guest{}))
		require.NoError(t, g.Create(&Guest{"a", secret}).Error)
		var got Guest
		require.NoError(t, g.First(&got, "email = ?", secret).Error)
		require.Equal(t, "a", got.ID)
		celltest.AssertSealed(t, db.DB, secret)
	})
}

// MySQL compares text without regard to case, and cells that were sealed for "a" would be
// looked for under "A".
func TestKeysOfTextCompareExactly(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := open(t, db, gorm.Config{})
		require.NoError(t, w.AutoMigrate(models...))
		for _, number := range []string{"a", "A", "a "} {
			w.ok(w.Create(&Record{Number: number, Clinic: "north", Text: number + secret, Visits: []Visit{{Room: number}}}))
		}
		for _, number := range []string{"a", "A", "a "} {
			var got []Record
			w.ok(w.Preload("Visits").Find(&got, "number = ?", number))
			require.Len(t, got, 1)
			require.Equal(t, number+secret, got[0].Text)
			require.Equal(t, []Visit{{got[0].Visits[0].ID, number, number}}, got[0].Visits)
		}
	})
}
