// Package ormhooks brings package cell and package search to Go structs and SQL.
//
// One declaration says what is protected. It is written as struct tags, read once
// by [NewSchema], and everything else follows it:
//
//	type Patient struct {
//		_     struct{} `cell:"table=patients,bind=id"`
//		ID    int64
//		Email string  `cell:"seal" search:"exact,trim,fold,unique"`
//		Notes *string `cell:"seal,compartment=medical,pad=256"`
//	}
//
//	schema, err := ormhooks.NewSchema(Patient{})
//
// Most programs give it to package sqlcell, which wraps their database/sql driver, and
// go on as before; package gormcell adds what GORM needs. Statements they refuse are
// a [StatementError], and stored values that do not open a [CellError].
//
// Programs that want to see every step make the fields [Sealed] and call [Seal] before they
// write, [Open] after they read, and [Match] for the terms to look for. A Sealed value that
// was not sealed cannot reach the database. See [Sealed] for the few lines around it.
//
// Package schema has the grammar of the tags, every option with one line.
//
// # What cannot be changed later
//
// Cells and terms depend on logical names, bindings, compartments, types,
// transforms and alphabets. schema.Schema.Lock writes them down, and celltest.Lock
// fails your test when a change would make stored data unreadable or unfindable,
// or would show more of it. schema.Schema.Leakage says what is shown now.
package ormhooks
