package gormcell

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// Logger wraps a logger, or GORM's default one if l is nil, so that it prints no argument of
// a statement and no literal in one, at any level and under gorm.DB.Debug too. Errors that
// may quote a value are cut short.
//
// What the application itself gives to Info, Warn and Error is printed as it is.
func Logger(l logger.Interface) logger.Interface {
	if l == nil {
		l = logger.Default
	}
	return redacted(l, 0)
}

// redacting is a logger that prints no value.
type redacting struct {
	logger.Interface
	dialect sqltext.Dialect // 0 until the plugin is installed: no statement is printed then
}

var (
	_ logger.Interface  = redacting{}
	_ gorm.ParamsFilter = redacting{}
)

func redacted(l logger.Interface, d sqltext.Dialect) logger.Interface {
	if own, ok := l.(redacting); ok {
		l = own.Interface
	}
	return redacting{l, d}
}

// LogMode implements logger.Interface.
func (r redacting) LogMode(level logger.LogLevel) logger.Interface {
	return redacting{r.Interface.LogMode(level), r.dialect}
}

// ParamsFilter implements gorm.ParamsFilter.
func (r redacting) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) {
	return withoutLiterals(r.dialect, sql), nil
}

const marker = "cellseal-would-be-plaintext"

var errLogger = errors.New("cellseal: this logger prints the arguments of statements, which are plaintext above the driver: set gorm.Config.Logger to gormcell.Logger(…), which wraps any logger, or at least ParameterizedQueries in its logger.Config")

// checkLogger asks a logger what it would print.
func checkLogger(l logger.Interface) error {
	filter, ok := l.(gorm.ParamsFilter)
	if !ok {
		return errLogger
	}
	if _, vars := filter.ParamsFilter(context.Background(), "SELECT ?", marker); len(vars) > 0 {
		return errLogger
	}
	return nil
}

// redactSession wraps the logger of a session that has brought its own, for this one
// statement. Its Config is shared with other goroutines, and so is copied.
func redactSession(db *gorm.DB, d sqltext.Dialect) {
	if own, ok := db.Logger.(redacting); ok && own.dialect == d {
		return
	}
	config := *db.Config
	config.Logger = redacted(config.Logger, d)
	db.Config = &config
}
