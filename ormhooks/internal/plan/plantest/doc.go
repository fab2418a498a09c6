// Package plantest has the tables that the statements of package plan's testdata are about: of every way to bind
// rows, to scope them and to search them, one. Package plan's own tests analyse the statements on them, and
// sqlfuzz asks other parsers and live servers what they make of the same ones.
//
//	p, err := plan.Analyse(dialect, options, plantest.Schema(), plantest.Catalog(), statement)
//
// It is test support: import it from _test.go files only.
package plantest
