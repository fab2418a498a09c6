// Package sqltext reads SQL statements of PostgreSQL, MySQL/MariaDB and SQLite: one
// lexer with three dialect tables and one recursive-descent parser. It keeps byte
// offsets instead of text, so that a caller can change a statement by edits and never
// has to write one anew.
//
//	s, err := sqltext.Parse(sqltext.PostgreSQL, text)
//
// It understands what a back end sends: SELECT, INSERT, UPDATE, DELETE and REPLACE
// with everything around them. What it does not understand is an [Error], never a
// guess: a tree is only returned if every token of the statement has its place in it.
package sqltext
