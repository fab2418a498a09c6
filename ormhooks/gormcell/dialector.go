package gormcell

import (
	"gorm.io/gorm"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// dialector is GORM's own with a migrator that knows the library's columns.
type dialector struct {
	gorm.Dialector
	plugin  *Plugin
	dialect sqltext.Dialect
}

var (
	_ gorm.SavePointerDialectorInterface = dialector{}
	_ gorm.ErrorTranslator               = dialector{}
)

// unwrapped is for a database on which the plugin is installed again, as dbresolver does.
func unwrapped(d gorm.Dialector) gorm.Dialector {
	if own, ok := d.(dialector); ok {
		return own.Dialector
	}
	return d
}

// Migrator implements gorm.Dialector.
func (d dialector) Migrator(db *gorm.DB) gorm.Migrator {
	return migrator{d.Dialector.Migrator(db), d, db}
}

// SavePoint implements gorm.SavePointerDialectorInterface.
func (d dialector) SavePoint(tx *gorm.DB, name string) error {
	if s, ok := d.Dialector.(gorm.SavePointerDialectorInterface); ok {
		return s.SavePoint(tx, name)
	}
	return gorm.ErrUnsupportedDriver
}

// RollbackTo implements gorm.SavePointerDialectorInterface.
func (d dialector) RollbackTo(tx *gorm.DB, name string) error {
	if s, ok := d.Dialector.(gorm.SavePointerDialectorInterface); ok {
		return s.RollbackTo(tx, name)
	}
	return gorm.ErrUnsupportedDriver
}

// Translate implements gorm.ErrorTranslator.
func (d dialector) Translate(err error) error {
	if t, ok := d.Dialector.(gorm.ErrorTranslator); ok {
		return t.Translate(err)
	}
	return err
}
