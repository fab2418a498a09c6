// Package gormcell lets GORM work with protected columns. Its plugin is thin: package
// sqlcell encrypts, below GORM, so that every way in which GORM reads and writes is served
// alike, and structs hold plaintext before and after:
//
//	schema, err := ormhooks.NewSchema(Patient{})
//	pool := sql.OpenDB(sqlcell.Wrap(connector, schema, ring, sqlcell.PostgreSQL))
//	db, err := gorm.Open(postgres.New(postgres.Config{Conn: pool}), &gorm.Config{Logger: gormcell.Logger(nil)})
//	err = db.Use(gormcell.New(schema))
//	err = db.AutoMigrate(&Patient{})
//
// What the plugin adds:
//   - Before a statement it makes sure that its pool goes through sqlcell, whatever a
//     session, a transaction or a resolver of replicas has put in its place.
//   - It refuses a logger that prints arguments. [Logger] wraps any logger so that neither
//     they nor literals are printed, and the plugin sees to it that every session's is.
//   - AutoMigrate gives protected columns the types of cells, and adds the library's own
//     columns, their indexes and the table cellseal_index.
//   - A model whose names GORM and the schema read differently is refused when the plugin
//     is installed: a column under another name would not be protected.
//   - A row that is bound to a primary key is refused as long as that key is zero. Set it
//     before, or in BeforeCreate.
//
// Use it on the *gorm.DB that gorm.Open returned, before models are used. Of dbresolver it
// does not matter whether it is installed before or after; its pools must be wrapped too.
//
// # Limits
//
// A logger that a single session brings is wrapped for each of its statements, but what
// gorm.DB.Scan says of an error goes past that: give sessions gormcell.Logger(…) too.
//
// Errors that GORM and database/sql return when a value does not fit its Go field quote
// that value. The logger cuts them short; what the application does with them is its own.
// gorm.DB.ToSQL and a DryRun statement's Vars hold what the application put in.
//
// AutoMigrate leaves primary keys of tables that are there already as they are: on MySQL and
// MariaDB one of text compares without regard to case, and sqlcell.Check says how to
// change it. Columns that hold plaintext get the type of cells and keep the plaintext. On
// SQLite, GORM changes a column's type by copying the table in SQL, which sqlcell refuses
// for a protected one: such migrations are written by hand.
//
// On MySQL and MariaDB an upsert cannot say on which key it may conflict. One of a model that
// has a unique index beside the key its rows are bound to is refused, and so is gorm.DB.Save
// of a slice of them: save them one by one.
//
// gorm.DB.Dialector is the plugin's, around GORM's own: a type assertion on it fails.
package gormcell
