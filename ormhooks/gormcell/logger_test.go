package gormcell_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/gormcell"
)

// loud is a logger that prints everything it is given.
func loud(out *bytes.Buffer, parameterized bool) logger.Interface {
	return logger.New(log.New(out, "", 0), logger.Config{LogLevel: logger.Info, SlowThreshold: time.Nanosecond, ParameterizedQueries: parameterized})
}

// mute is a logger of somebody else's, without a filter of parameters.
type mute struct{ logger.Interface }

func TestLoggersThatPrintArgumentsAreRefused(t *testing.T) {
	db := testdb.OpenSQLite(t)
	s := newSchema(t)
	pool := wrap(t, db, s)
	var out bytes.Buffer
	for name, l := range map[string]logger.Interface{
		"none given": nil, "the default": logger.Default, "a new one": loud(&out, false), "without a filter": mute{logger.Discard}, "discarding": logger.Discard,
	} {
		g, err := gorm.Open(dialectorOf(db.Dialect, pool), &gorm.Config{Logger: l})
		require.NoError(t, err)
		require.ErrorContains(t, g.Use(gormcell.New(s)), "set gorm.Config.Logger to gormcell.Logger(…)", name)
	}
	for name, l := range map[string]logger.Interface{
		"wrapped": gormcell.Logger(mute{logger.Discard}), "the default, wrapped": gormcell.Logger(nil), "parameterized": loud(&out, true),
	} {
		g, err := gorm.Open(dialectorOf(db.Dialect, pool), &gorm.Config{Logger: l})
		require.NoError(t, err)
		require.NoError(t, g.Use(gormcell.New(s)), name)
	}
}

func TestNothingIsPrinted(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		for _, prepared := range []bool{false, true} {
			for name, wrapped := range map[string]func(*bytes.Buffer) logger.Interface{
				"wrapped":       func(out *bytes.Buffer) logger.Interface { return gormcell.Logger(loud(out, false)) },
				"parameterized": func(out *bytes.Buffer) logger.Interface { return loud(out, true) },
			} {
				var out bytes.Buffer
				w := open(t, db, gorm.Config{Logger: wrapped(&out), PrepareStmt: prepared})
				require.NoError(t, w.AutoMigrate(models...))
				w.empty(t)
				own := w.Session(&gorm.Session{Logger: loud(&out, false)})
				for i, session := range []*gorm.DB{w.DB, w.Debug(), own, own.Debug()} {
					out.Reset()
					talk(t, session)
					if i < 2 { // of a session's own logger, Scan passes the error by everybody
						var n int
						require.Error(t, session.Model(&Patient{}).Select("ssn").Scan(&n).Error)
					}
					require.NoError(t, session.Unscoped().Where("1 = 1").Delete(&Patient{}).Error)
					require.Contains(t, out.String(), "logger_test.go:", "where the statement came from, and not this package")
					require.NotContains(t, out.String(), "gormcell/logger.go", "where the statement came from, and not this package")
					require.Contains(t, out.String(), "patients", name)
					require.Contains(t, out.String(), "rows:1", name)
					require.NotContains(t, out.String(), secret, name)
					require.NotContains(t, out.String(), digits, name)
					require.NotContains(t, out.String(), "71.5", name)
				}
			}
		}
	})
}

// talk runs statements that succeed, fail, are refused, and hold literals.
func talk(t *testing.T, db *gorm.DB) {
	p := patient("ann")
	require.NoError(t, db.Create(p).Error)
	require.Error(t, db.Create(p).Error)
	require.Error(t, db.Create(patient("ann")).Error)
	var got Patient
	require.NoError(t, db.First(&got, "email = '"+email("ann")+"'").Error)
	require.NoError(t, db.Raw("SELECT * FROM patients WHERE email = ? OR ssn = 'it''s "+secret+"' -- "+secret, email("ann")).Scan(&got).Error)
	require.Error(t, db.Where("email LIKE '%"+secret+"%'").Find(&got).Error)
	require.Error(t, db.Exec("UPDATE patients SET weight = 71.5 + weight, email = '"+secret+"\\' WHERE").Error)
	require.Error(t, db.Exec("UPDATE patients SET nothing = '"+secret+"'").Error)
	require.Error(t, db.Exec("not SQL, 'but "+secret).Error)
	require.Error(t, db.Model(&Patient{}).Select("ssn AS created_at").Take(&got).Error, "what is no time is quoted in the error")
}

// kept is a logger that keeps what it is given to trace.
type kept struct {
	logger.Interface
	sql string
	err error
}

func (k *kept) Trace(_ context.Context, _ time.Time, fc func() (string, int64), err error) {
	k.sql, _ = fc()
	k.err = err
}

func TestErrorsAreCutShort(t *testing.T) {
	k := &kept{Interface: logger.Discard}
	l := gormcell.Logger(k)
	trace := func(err error) string {
		l.Trace(ctx, time.Now(), func() (string, int64) { return "", 0 }, err)
		return fmt.Sprint(k.err)
	}
	inner := errors.New("inner")
	require.Equal(t, "<nil>", trace(nil))
	require.Equal(t, "record not found", trace(gorm.ErrRecordNotFound))
	cut := trace(fmt.Errorf(`busy; sql: Scan error on column index 0, name "age": converting driver.Value type string ("secret") to a int: %w`, inner))
	require.Equal(t, "busy; sql: Scan error on … (cut short, as it may quote a value)", cut)
	require.ErrorIs(t, k.err, inner)
	require.NotContains(t, trace(errors.New(`failed to set value "secret" to field Born`)), "secret")
	require.NotContains(t, trace(errors.New(`failed to set string secret to time.Time field Born`)), "secret")
}

func TestNoStatementIsPrintedBeforeThePluginIsThere(t *testing.T) {
	l := gormcell.Logger(logger.Discard).(gorm.ParamsFilter)
	sql, vars := l.ParamsFilter(ctx, "SELECT 'secret'", "secret")
	require.Equal(t, "(a statement that is not shown, as it may hold values)", sql)
	require.Empty(t, vars)
}
