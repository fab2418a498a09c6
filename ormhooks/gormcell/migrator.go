package gormcell

import (
	"slices"

	"gorm.io/gorm"
	gormschema "gorm.io/gorm/schema"

	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// migrator is GORM's own, which also adds the library's columns and their indexes to
// protected tables. They are no fields of a model: GORM would select them.
type migrator struct {
	gorm.Migrator
	dialector dialector
	db        *gorm.DB
}

// AutoMigrate implements gorm.Migrator.
func (m migrator) AutoMigrate(values ...any) error {
	values = m.withDependencies(values)
	var known []any
	for _, v := range values {
		if err := m.fit(v); err != nil {
			return err
		}
		if m.reading().Migrator().HasTable(v) {
			known = append(known, v)
		}
	}
	if err := m.Migrator.AutoMigrate(values...); err != nil { // which creates through CreateTable
		return err
	}
	exec := m.db
	if of, ok := m.Migrator.(interface {
		GetQueryAndExecTx() (queryTx, execTx *gorm.DB)
	}); ok { // under DryRun the second one prints
		_, exec = of.GetQueryAndExecTx()
	}
	return m.complete(exec, known)
}

// CreateTable implements gorm.Migrator.
func (m migrator) CreateTable(values ...any) error {
	for _, v := range values {
		if err := m.fit(v); err != nil {
			return err
		}
	}
	if err := m.Migrator.CreateTable(values...); err != nil {
		return err
	}
	return m.complete(m.db, values)
}

// BuildIndexOptions implements the interface of that name, which GORM asks its migrators for.
func (m migrator) BuildIndexOptions(options []gormschema.IndexOption, stmt *gorm.Statement) []any {
	return m.Migrator.(interface {
		BuildIndexOptions([]gormschema.IndexOption, *gorm.Statement) []any
	}).BuildIndexOptions(options, stmt)
}

// withDependencies adds the models that GORM migrates because others refer to them.
func (m migrator) withDependencies(values []any) []any {
	of, ok := m.Migrator.(interface{ ReorderModels([]any, bool) []any })
	if !ok {
		return values
	}
	return of.ReorderModels(values, true)
}

// reading is for what must be asked of the database even if nothing is to be executed.
func (m migrator) reading() *gorm.DB {
	db := m.db.Session(&gorm.Session{})
	db.DryRun = false
	return db
}

// parse reads a model for the table it is migrated to, as GORM's migrators do.
func (m migrator) parse(v any) (*gorm.Statement, error) {
	stmt := &gorm.Statement{DB: m.db}
	if m.db.Statement != nil {
		stmt.Table = m.db.Statement.Table
	}
	return stmt, stmt.ParseWithSpecialTableName(v, stmt.Table)
}

// fit gives a model's fields their types. Those that were read at the start have them
// already; one for a table that has no model in the schema, or under a name given with
// gorm.DB.Table, is read here for the first time.
func (m migrator) fit(v any) error {
	stmt, err := m.parse(v)
	if err == nil {
		err = m.dialector.plugin.tagged(stmt.Schema, stmt.Table)
	}
	if err == nil {
		m.dialector.plugin.fit(stmt.Schema, m.dialector.dialect)
	}
	return err
}

// complete adds what is missing of the library's own columns and indexes, through exec.
func (m migrator) complete(exec *gorm.DB, values []any) error {
	pins, lists, profiles, sums := false, false, false, false
	for _, v := range values {
		stmt, err := m.parse(v)
		if err != nil {
			return err
		}
		t := m.dialector.plugin.schema.Table(stmt.Table)
		if t == nil || t.Explicit {
			continue
		}
		if err := m.columns(exec, v, t); err != nil {
			return err
		}
		pins = pins || slices.ContainsFunc(t.Indexes, func(x *schema.Index) bool { return x.Pinned() })
		profiles = profiles || slices.ContainsFunc(t.Indexes, (*schema.Index).Smoothed)
		lists, sums = lists || len(t.Listed) > 0, sums || len(t.Sums) > 0
	}
	var missing []string
	has := m.reading().Migrator().HasTable
	if pins && !has(catalog.PinTable) {
		missing = append(missing, ddl.CreatePins(m.dialector.dialect))
	}
	if profiles && !has(catalog.ProfileTable) {
		missing = append(missing, ddl.CreateProfiles(m.dialector.dialect))
	}
	if lists && slices.ContainsFunc(ddl.ListTables, func(name string) bool { return !has(name) }) {
		missing = append(missing, ddl.CreateLists(m.dialector.dialect)...)
	}
	if sums && !has(ddl.SumTable) {
		missing = append(missing, ddl.CreateSums(m.dialector.dialect)...)
	}
	for _, statement := range missing {
		if err := exec.Exec(statement).Error; err != nil {
			return err
		}
	}
	return nil
}

func (m migrator) columns(exec *gorm.DB, v any, t *schema.Table) error {
	d, has := m.dialector.dialect, m.reading().Migrator()
	for _, c := range ddl.Columns(t, d) {
		if c.Kind == ddl.Plain || c.Kind == ddl.Cell || has.HasColumn(v, c.Name) {
			continue
		}
		if err := exec.Exec(c.Add(d, t.Name)).Error; err != nil {
			return err
		}
	}
	for _, i := range ddl.Indexes(t, d) {
		if has.HasIndex(v, i.Name) {
			continue
		}
		create, err := i.Create(d, t.Name)
		if err == nil {
			err = exec.Exec(create).Error
		}
		if err != nil {
			return err
		}
	}
	return nil
}
