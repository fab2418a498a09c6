package gormcell_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	mysqldriver "github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

var errUndo = errors.New("undo")

var transacting = map[string]func(w *world){
	"a transaction": func(w *world) {
		p := patient("ann")
		require.ErrorIs(w.T, w.Transaction(func(tx *gorm.DB) error {
			require.NoError(w.T, tx.Create(p).Error)
			var got Patient
			require.NoError(w.T, tx.First(&got, "email = ?", p.Email).Error)
			return errUndo
		}), errUndo)
		require.EqualValues(w.T, 0, w.count("email = ?", p.Email))
		require.NoError(w.T, w.Transaction(func(tx *gorm.DB) error { return tx.Create(p).Error }))
		w.same(p)
	},
	"a transaction in another": func(w *world) {
		require.NoError(w.T, w.Transaction(func(tx *gorm.DB) error {
			require.NoError(w.T, tx.Create(patient("ann")).Error)
			require.ErrorIs(w.T, tx.Transaction(func(tx *gorm.DB) error {
				require.NoError(w.T, tx.Create(patient("bob")).Error)
				require.NoError(w.T, tx.Model(&Patient{}).Where("ward = ?", "A").Update("ssn", "new "+secret).Error)
				return errUndo
			}), errUndo)
			return tx.Transaction(func(tx *gorm.DB) error { return tx.Create(patient("cyd")).Error })
		}))
		var all []Patient
		w.ok(w.Find(&all))
		require.ElementsMatch(w.T, []string{"ann", "cyd"}, names(all))
		require.EqualValues(w.T, 0, w.count("ssn = ?", "new "+secret))
	},
	"Begin, SavePoint, RollbackTo": func(w *world) {
		tx := w.Begin()
		w.ok(tx.Create(patient("ann")))
		w.ok(tx.SavePoint("here"))
		w.ok(tx.Create(patient("bob")))
		w.ok(tx.RollbackTo("here"))
		w.ok(tx.Commit())
		require.EqualValues(w.T, 1, w.count("1 = 1"))
	},
	"a single connection": func(w *world) {
		require.NoError(w.T, w.Connection(func(tx *gorm.DB) error { return tx.Create(patient("ann")).Error }))
		require.EqualValues(w.T, 1, w.count("email = ?", email("ann")))
	},
}

// despiteDeadlocks does what MySQL asks for: writers that meet in the gaps of an index are told to
// try again, with the door or without.
func despiteDeadlocks(write func() error) (err error) {
	for range 10 {
		var deadlock *mysqldriver.MySQLError
		if err = write(); !errors.As(err, &deadlock) || deadlock.Number != 1213 {
			return err
		}
	}
	return err
}

func TestConcurrently(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		for _, prepared := range []bool{false, true} {
			w := open(t, db, gorm.Config{PrepareStmt: prepared})
			require.NoError(t, w.AutoMigrate(models...))
			w.empty(t)
			if w.dialect == testdb.SQLite { // which has one writer at a time
				w.pool.SetMaxOpenConns(1)
			}
			session := w.Session(&gorm.Session{Logger: logger.Discard})
			var all sync.WaitGroup
			for i := range 8 {
				all.Go(func() {
					db := []*gorm.DB{w.DB, session, w.Debug()}[i%3]
					for j := range 5 {
						p := patient(fmt.Sprintf("p%dq%d", i, j))
						assert.NoError(t, despiteDeadlocks(func() error { return db.Create(p).Error }))
						var got Patient
						assert.NoError(t, db.First(&got, "email = ?", p.Email).Error)
						assert.Equal(t, p.SSN, got.SSN)
						assert.NoError(t, despiteDeadlocks(func() error {
							return db.Model(&got).Updates(map[string]any{"ssn": "new " + secret, "ward": "B"}).Error
						}))
					}
				})
			}
			all.Wait()
			var n int64
			w.ok(w.Model(&Patient{}).Where("ssn = ?", "new "+secret).Count(&n))
			require.EqualValues(t, 40, n)
			celltest.AssertSealed(t, db.DB, secret)
		}
	})
}

var generic = map[string]func(w *world){
	"gorm.G": func(w *world) {
		p := patient("ann")
		require.NoError(w.T, gorm.G[Patient](w.DB).Create(ctx, p))
		got, err := gorm.G[Patient](w.DB).Where("email = ?", p.Email).First(ctx)
		require.NoError(w.T, err)
		require.Equal(w.T, p.SSN, got.SSN)
		n, err := gorm.G[Patient](w.DB).Where("email = ?", p.Email).Update(ctx, "ssn", "new "+secret)
		require.NoError(w.T, err)
		require.Equal(w.T, 1, n)
		_, err = gorm.G[Patient](w.DB).Where("id = ?", p.ID).Updates(ctx, Patient{Email: email("eve")})
		require.NoError(w.T, err)
		all, err := gorm.G[Patient](w.DB).Where("ssn = ?", "new "+secret).Find(ctx)
		require.NoError(w.T, err)
		require.Equal(w.T, []string{"eve"}, names(all))
		count, err := gorm.G[Patient](w.DB).Where("email = ?", email("eve")).Count(ctx, "id")
		require.NoError(w.T, err)
		require.EqualValues(w.T, 1, count)
		_, err = gorm.G[Patient](w.DB).Where("email = ?", email("eve")).Delete(ctx)
		require.NoError(w.T, err)
	},
}

var deleting = map[string]func(w *world){
	"soft": func(w *world) {
		p := w.add("ann", "bob")[0]
		w.ok(w.Where("email = ?", p.Email).Delete(&Patient{}))
		require.EqualValues(w.T, 0, w.count("email = ?", p.Email))
		var got Patient
		w.ok(w.Unscoped().First(&got, "email = ?", p.Email))
		require.Equal(w.T, p.SSN, got.SSN)
		w.ok(w.Unscoped().Model(&got).Update("deleted_at", nil))
		w.same(p)
	},
	"for good": func(w *world) {
		all := w.add("ann", "bob", "cyd")
		w.ok(w.Unscoped().Delete(all[0]))
		w.ok(w.Unscoped().Where("email IN ?", []string{email("bob"), "x"}).Delete(&Patient{}))
		require.EqualValues(w.T, 1, w.count("1 = 1"))
		var n int64
		w.ok(w.Unscoped().Model(&Patient{}).Count(&n))
		require.EqualValues(w.T, 1, n)
	},
}

func of(clinic string) context.Context { return ormhooks.WithScope(ctx, "clinic", clinic) }

var scoping = map[string]func(w *world){
	"a scope": func(w *world) {
		north, south := w.WithContext(of("north")), w.WithContext(of("south"))
		w.ok(north.Create(&Record{Number: "n1", Clinic: "north", Text: secret, Visits: []Visit{{Room: "12"}}}))
		w.ok(south.Create(&Record{Number: "s1", Clinic: "south", Text: secret}))
		w.ok(w.Create(&Record{Number: "n2", Clinic: "north", Text: secret + "2"}))
		var got []Record
		w.ok(north.Preload("Visits").Find(&got, "text = ?", secret))
		require.Len(w.T, got, 1)
		require.Equal(w.T, "n1", got[0].Number)
		require.Equal(w.T, secret, got[0].Text)
		require.Len(w.T, got[0].Visits, 1)
		w.ok(south.Find(&got, "text = ?", secret))
		require.Equal(w.T, "s1", got[0].Number)
		w.ok(w.Where("clinic = ? AND text = ?", "north", secret+"2").Find(&got))
		require.Equal(w.T, "n2", got[0].Number)

		var e *ormhooks.ScopeError
		require.ErrorAs(w.T, w.Find(&got, "text = ?", secret).Error, &e)
		require.ErrorAs(w.T, south.Create(&Record{Number: "x", Clinic: "north", Text: secret}).Error, &e)
		w.ok(north.Model(&Record{}).Where("number = ?", "n1").Update("text", "new "+secret))
		w.ok(north.First(&got, "text = ?", "new "+secret))
	},
}
