package main

import (
	"database/sql"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	_ "modernc.org/sqlite"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/gormcell"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// openDB opens the database as any GORM application does, with two things of Cellseal: the
// pool is sqlcell's, which encrypts below GORM, and the plugin is gormcell's.
func openDB(path string, source keys.Source, schema *ormhooks.Schema) (*gorm.DB, error) {
	pool, err := sqlcell.Open("sqlite", path, schema, source, sqlcell.SQLite, nil)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	db, err := gorm.Open(sqlite.Dialector{Conn: pool}, &gorm.Config{Logger: gormcell.Logger(logger.Discard)})
	if err == nil {
		err = db.Use(gormcell.New(schema))
	}
	if err == nil {
		err = db.AutoMigrate(&Patient{})
	}
	if err != nil {
		pool.Close()
		return nil, err
	}
	return db, nil
}

func closeDB(db *gorm.DB) {
	if pool, err := db.DB(); err == nil {
		pool.Close()
	}
}

// openBare opens the same file without Cellseal, as a thief would.
func openBare(path string) (*sql.DB, error) {
	return sql.Open("sqlite", path)
}
