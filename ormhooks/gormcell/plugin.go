package gormcell

import (
	"fmt"
	"sync"

	"gorm.io/gorm"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks"
)

// A Plugin is what gorm.DB.Use takes; see the package. One can serve several databases.
type Plugin struct {
	schema *ormhooks.Schema
	behind sync.Map // *sql.DB that were found to be behind the door
	known  sync.Map // places that were found to be protected as their models say
}

var _ gorm.Plugin = (*Plugin)(nil)

// New returns a plugin for the models of a schema. It must be the one that the pool was
// wrapped with.
func New(s *ormhooks.Schema) *Plugin {
	if s == nil {
		panic("cellseal/ormhooks/gormcell: nil Schema")
	}
	s.Tables() // panics if s is zero
	return &Plugin{schema: s}
}

// Name implements gorm.Plugin.
func (*Plugin) Name() string { return "cellseal" }

// dialects are how GORM's dialectors name themselves.
var dialects = map[string]sqltext.Dialect{"postgres": sqltext.PostgreSQL, "mysql": sqltext.MySQL, "sqlite": sqltext.SQLite}

// Initialize implements gorm.Plugin.
func (p *Plugin) Initialize(db *gorm.DB) error {
	d := dialects[db.Dialector.Name()]
	if d == 0 {
		return fmt.Errorf("cellseal: gormcell does not know the dialect %s: want postgres, mysql or sqlite", db.Dialector.Name())
	}
	if err := checkLogger(db.Logger); err != nil {
		return err
	}
	if err := p.probeAll(db); err != nil {
		return err
	}
	if err := p.fitModels(db, d); err != nil {
		return err
	}
	db.Config.Logger = redacted(db.Logger, d)
	db.Config.Dialector = dialector{unwrapped(db.Dialector), p, d}
	return p.register(db, d)
}

// register puts the plugin's looks before what sends statements.
func (p *Plugin) register(db *gorm.DB, d sqltext.Dialect) error {
	quiet := func(db *gorm.DB) { redactSession(db, d) }
	c := db.Callback()
	for _, err := range []error{
		c.Create().Before("*").Register("cellseal:logger", quiet),
		c.Query().Before("*").Register("cellseal:logger", quiet),
		c.Update().Before("*").Register("cellseal:logger", quiet),
		c.Delete().Before("*").Register("cellseal:logger", quiet),
		c.Row().Before("*").Register("cellseal:logger", quiet),
		c.Raw().Before("*").Register("cellseal:logger", quiet),

		c.Create().Before("gorm:create").Register("cellseal:key", p.wantPrimaryKeys),

		c.Create().Before("gorm:create").Register("cellseal:tags", p.wantTable),
		c.Update().Before("gorm:update").Register("cellseal:tags", p.wantTable),
		c.Delete().Before("gorm:delete").Register("cellseal:tags", p.wantTable),
		c.Query().Before("gorm:query").Register("cellseal:tags", p.wantModel),
		c.Row().Before("gorm:row").Register("cellseal:tags", p.wantModel),

		c.Create().Before("gorm:create").Register("cellseal:door", p.guard),
		c.Query().Before("gorm:query").Register("cellseal:door", p.guard),
		c.Update().Before("gorm:update").Register("cellseal:door", p.guard),
		c.Delete().Before("gorm:delete").Register("cellseal:door", p.guard),
		c.Row().Before("gorm:row").Register("cellseal:door", p.guard),
		c.Raw().Before("gorm:raw").Register("cellseal:door", p.guard),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}
