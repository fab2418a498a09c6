package gormcell_test

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/plugin/dbresolver"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/gormcell"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

const noDoor = "this *sql.DB does not go through sqlcell"

func quiet() *gorm.Config { return &gorm.Config{Logger: gormcell.Logger(logger.Discard)} }

func TestAPoolWithoutTheDoorIsRefused(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		for _, prepared := range []bool{false, true} {
			c := quiet()
			c.PrepareStmt = prepared
			g, err := gorm.Open(dialectorOf(db.Dialect, db.DB), c)
			require.NoError(t, err)
			require.ErrorContains(t, g.Use(gormcell.New(newSchema(t))), noDoor)
		}
	})
}

// A pool that takes the place of the one that was asked is asked as well, whatever it is.
func TestAPoolThatComesLater(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		for _, prepared := range []bool{false, true} {
			w := open(t, db, gorm.Config{PrepareStmt: prepared, SkipDefaultTransaction: true})
			require.NoError(t, w.AutoMigrate(models...))
			tx, err := db.Begin()
			require.NoError(t, err)
			conn, err := db.Conn(ctx)
			require.NoError(t, err)
			for name, pool := range map[string]gorm.ConnPool{"pool": db.DB, "transaction": tx, "connection": conn} {
				bad := w.Session(&gorm.Session{})
				bad.Statement.ConnPool = pool
				one, all := patient("ann"), []Patient{}
				for _, err := range []error{
					bad.Create(one).Error, bad.Find(&all).Error, bad.Model(one).Where("1 = 1").Update("ssn", secret).Error, bad.Where("1 = 1").Delete(one).Error,
					bad.Exec("UPDATE patients SET ssn = '" + secret + "'").Error, bad.Raw("SELECT 1").Scan(&all).Error, bad.Model(one).Pluck("ssn", &[]string{}).Error,
				} {
					require.ErrorContains(t, err, noDoor, name)
				}
				_, err := bad.Model(one).Rows()
				require.ErrorContains(t, err, noDoor, name)
			}
			require.NoError(t, tx.Rollback())
			require.NoError(t, conn.Close())
			celltest.AssertSealed(t, db.DB, secret)

			good, err := w.pool.Conn(ctx)
			require.NoError(t, err)
			session := w.Session(&gorm.Session{})
			session.Statement.ConnPool = good
			w.ok(session.Create(patient("ann")))
			require.NoError(t, good.Close())
			w.empty(t)
		}
	})
}

func TestReplicas(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		s := newSchema(t)
		for _, prepared := range []bool{false, true} {
			for _, before := range []bool{true, false} {
				use := func(replica *sql.DB) (*gorm.DB, error) {
					c := quiet()
					c.PrepareStmt = prepared
					g, err := gorm.Open(dialectorOf(db.Dialect, wrap(t, db, s)), c)
					require.NoError(t, err)
					resolver := dbresolver.Register(dbresolver.Config{Replicas: []gorm.Dialector{dialectorOf(db.Dialect, replica)}, TraceResolverMode: true})
					plugins := []gorm.Plugin{resolver, gormcell.New(s)}
					if before {
						plugins[0], plugins[1] = plugins[1], plugins[0]
					}
					for _, p := range plugins {
						if err := g.Use(p); err != nil {
							return nil, err
						}
					}
					return g, nil
				}
				_, err := use(db.DB)
				require.ErrorContains(t, err, noDoor)

				replica := wrap(t, db, s)
				g, err := use(replica)
				require.NoError(t, err)
				require.NoError(t, g.AutoMigrate(models...))
				p := patient("ann")
				require.NoError(t, g.Create(p).Error)
				var got Patient
				require.NoError(t, g.First(&got, "email = ?", p.Email).Error)
				require.Equal(t, p.SSN, got.SSN)
				require.NoError(t, g.Transaction(func(tx *gorm.DB) error { return tx.Model(p).Update("ssn", "new "+secret).Error }))
				require.NoError(t, g.Clauses(dbresolver.Write).First(&got, "ssn = ?", "new "+secret).Error)
				require.NoError(t, g.Unscoped().Delete(p).Error)
				celltest.AssertSealed(t, db.DB, secret)
			}
		}
	})
}

// A resolver may get a pool when both plugins are there already. It opens it with all plugins,
// drops it when one of them refuses, and tells nobody.
func TestAReplicaThatIsRegisteredLater(t *testing.T) {
	db := testdb.OpenSQLite(t)
	for _, before := range []bool{true, false} {
		s := newSchema(t)
		g, err := gorm.Open(dialectorOf(db.Dialect, wrap(t, db, s)), quiet())
		require.NoError(t, err)
		resolver := dbresolver.Register(dbresolver.Config{}, &Visit{})
		plugins := []gorm.Plugin{resolver, gormcell.New(s)}
		if before {
			plugins[0], plugins[1] = plugins[1], plugins[0]
		}
		require.NoError(t, g.Use(plugins[0]))
		require.NoError(t, g.Use(plugins[1]))
		resolver.Register(dbresolver.Config{Replicas: []gorm.Dialector{dialectorOf(db.Dialect, db.DB)}}, &Patient{})
		require.NoError(t, g.AutoMigrate(models...))
		require.NoError(t, g.Create(patient("ann")).Error)
		var got []Patient
		require.NoError(t, g.Find(&got, "email = ?", email("ann")).Error)
		require.Equal(t, []string{"ann"}, names(got))
		require.NoError(t, g.Unscoped().Where("1 = 1").Delete(&Patient{}).Error)
	}
}

func TestZeroKeys(t *testing.T) {
	type Note struct {
		_    struct{} `cell:"bind=id+book"`
		ID   int      `gorm:"primaryKey;autoIncrement:false"`
		Book string   `gorm:"primaryKey"`
		Text string   `cell:"seal"`
	}
	db := testdb.OpenSQLite(t)
	s, err := ormhooks.NewSchema(Note{})
	require.NoError(t, err)
	g, err := gorm.Open(dialectorOf(db.Dialect, wrap(t, db, s)), quiet())
	require.NoError(t, err)
	require.NoError(t, g.Use(gormcell.New(s)))
	require.NoError(t, g.AutoMigrate(&Note{}))
	for column, value := range map[string]any{
		"id": &Note{Book: "b", Text: secret}, "book": []*Note{{ID: 1, Book: "b", Text: secret}, {ID: 2, Text: secret}},
	} {
		var e *ormhooks.ColumnError
		require.ErrorAs(t, g.Create(value).Error, &e)
		require.Equal(t, column, e.Column)
		require.ErrorContains(t, e, "set it before Create, or in BeforeCreate")
	}
	require.NoError(t, g.Create(&Note{ID: 1, Book: "b", Text: secret}).Error)
}

func TestNamesThatGORMReadsInAnotherWay(t *testing.T) {
	type Patient struct {
		ID    string `gorm:"primaryKey"`
		Email string `cell:"seal" db:"mail"`
	}
	type Doctor struct {
		_    struct{} `cell:"table=physicians"`
		ID   string
		Name string `cell:"seal"`
	}
	db := testdb.OpenSQLite(t)
	for problem, model := range map[string]any{
		"Patient.mail: GORM has no column of this name, and the schema has":                           Patient{},
		"Doctor._: GORM calls its table doctors, and the schema physicians: say cell:\"table=doctors": Doctor{},
	} {
		s, err := ormhooks.NewSchema(model)
		require.NoError(t, err)
		g, err := gorm.Open(dialectorOf(db.Dialect, wrap(t, db, s)), quiet())
		require.NoError(t, err)
		err = g.Use(gormcell.New(s))
		require.ErrorContains(t, err, problem)
		var e *schema.Error
		require.ErrorAs(t, err, &e)
	}
}

func TestMisuse(t *testing.T) {
	require.PanicsWithValue(t, "cellseal/ormhooks/gormcell: nil Schema", func() { gormcell.New(nil) })
	require.Panics(t, func() { gormcell.New(new(ormhooks.Schema)) })
	w := open(t, testdb.OpenSQLite(t), gorm.Config{})
	require.ErrorIs(t, w.Use(gormcell.New(newSchema(t))), gorm.ErrRegistered)
}

// A model whose tags the schema has never seen would be stored in clear.
func TestAModelThatTheSchemaDoesNotKnowIsRefused(t *testing.T) {
	type forgotten struct {
		ID    int64
		Email string `cell:"seal"`
	}
	type shown struct { // a part of a model, without tags
		Name string
	}
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := open(t, db, gorm.Config{})
		require.NoError(t, w.AutoMigrate(models...))
		db.Run(t, "CREATE TABLE forgottens (id "+db.Types.Int+" PRIMARY KEY, email "+db.Types.Text+")")
		var all []forgotten
		row := &forgotten{ID: 1, Email: secret}
		for name, err := range map[string]error{
			"AutoMigrate": w.AutoMigrate(&forgotten{}), "CreateTable": w.Migrator().CreateTable(&forgotten{}),
			"Create": w.Create(row).Error, "map": w.Model(&forgotten{}).Create(map[string]any{"id": 1, "email": secret}).Error,
			"Save": w.Save(row).Error, "Update": w.Model(row).Update("email", secret).Error, "Where": w.Where("email = ?", secret).Find(&all).Error,
			"Delete": w.Where("email = ?", secret).Delete(&forgotten{}).Error, "Rows": w.Model(row).Where("email = ?", secret).Scan(&shown{}).Error,
			"another table": w.Table("forgottens").Create(patient("ann")).Error,
		} {
			require.ErrorContains(t, err, "ormhooks.NewSchema", name)
		}
		celltest.AssertSealed(t, db.DB, secret)
		require.NoError(t, w.Create(patient("ann")).Error)
		var names []shown
		require.NoError(t, w.Table("patients AS p").Find(&names).Error)
		require.NoError(t, w.Table("patients AS p").Find(&[]Patient{}).Error)
		require.Len(t, names, 1)
	})
}
