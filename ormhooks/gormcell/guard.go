package gormcell

import (
	"context"

	"gorm.io/gorm"

	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// guard stands right before what sends a statement, when it is known on which pool: a
// session, a transaction or a resolver may have put another one there.
func (p *Plugin) guard(db *gorm.DB) {
	if db.Error == nil && !db.DryRun {
		db.AddError(p.probe(db.Statement.Context, db.Statement.ConnPool))
	}
}

// probeAll asks every pool that is known beforehand.
func (p *Plugin) probeAll(db *gorm.DB) error {
	ctx := context.Background()
	if err := p.probe(ctx, db.ConnPool); err != nil {
		return err
	}
	for _, plugin := range db.Plugins {
		resolver, ok := plugin.(interface { // dbresolver
			Call(func(gorm.ConnPool) error) error
		})
		if !ok {
			continue
		}
		if err := resolver.Call(func(pool gorm.ConnPool) error { return p.probe(ctx, pool) }); err != nil {
			return err
		}
	}
	return nil
}

// probe asks a pool once. A single connection, or a pool of some other kind, is asked
// each time: the door answers by itself, and no server is involved.
func (p *Plugin) probe(ctx context.Context, pool gorm.ConnPool) error {
	pool = unprepared(pool)
	of := &gorm.DB{Config: &gorm.Config{}, Statement: &gorm.Statement{ConnPool: pool}}
	known, err := of.DB()
	if err != nil {
		return sqlcell.Probe(ctx, pool)
	}
	if _, ok := p.behind.Load(known); ok {
		return nil
	}
	// Through pool and not through known: a transaction may have its last connection.
	if err := sqlcell.Probe(ctx, pool); err != nil {
		return err
	}
	p.behind.Store(known, true)
	return nil
}

// unprepared returns the pool or transaction below GORM's cache of prepared statements.
func unprepared(pool gorm.ConnPool) gorm.ConnPool {
	switch of := pool.(type) {
	case *gorm.PreparedStmtDB:
		return unprepared(of.ConnPool)
	case *gorm.PreparedStmtTX:
		return unprepared(of.Tx)
	}
	return pool
}
