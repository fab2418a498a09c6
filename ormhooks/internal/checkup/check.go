package checkup

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/message"
	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/ddl"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// Check returns everything that is wrong, as joined ormhooks.CheckErrors. allowed are names of views,
// triggers, routines and partitions of protected tables that the caller knows and answers
// for; "schema.name" for one of another schema.
func Check(ctx context.Context, q catalog.Querier, s *schema.Schema, source keys.Source, d sqltext.Dialect, allowed []string) error {
	found, err := catalog.Load(ctx, q, d)
	if err != nil {
		return err
	}
	c := &checker{d: d, allowed: allowed, live: map[*schema.Table]*catalog.Table{}, pins: found.Pins}
	var tables []*catalog.Table
	unique, lists, smoothed, sums := false, false, false, false
	for t := range s.Tables() {
		if !protects(t) {
			continue
		}
		lists, sums = lists || len(t.Listed) > 0, sums || len(t.Sums) > 0
		for _, x := range t.Indexes {
			unique, smoothed = unique || x.Pinned(), smoothed || x.Smoothed()
		}
		live := found.Table("", t.Name)
		switch {
		case live == nil:
			c.missing(t)
		case live.View:
			c.add(t.Name, "", "is a view: declare the table that holds the cells", "")
		default:
			c.live[t] = live
			tables = append(tables, live)
		}
	}
	if c.details, err = catalog.LoadDetails(ctx, q, d, tables); err != nil {
		return err
	}
	if unique && found.Table("", catalog.PinTable) == nil {
		c.add(catalog.PinTable, "", "the table is missing that says which key the terms of unique indexes and the tokens of join groups are under", ddl.CreatePins(d))
	}
	if smoothed && found.Table("", catalog.ProfileTable) == nil {
		c.add(catalog.ProfileTable, "", "the table is missing in which the profiles of smoothed indexes are kept (reseal.Profile makes one for each index)", ddl.CreateProfiles(d))
	}
	if lists && slices.ContainsFunc(ddl.ListTables, func(name string) bool { return found.Table("", name) == nil }) {
		c.add(ddl.ListTables[0], "", "a table is missing in which listed indexes are kept (rows that are there already are found by them only after reseal.Rows with Reindex)", ddl.CreateLists(d)...)
	}
	if sums && found.Table("", ddl.SumTable) == nil {
		c.add(ddl.SumTable, "", "the table is missing in which the counters of running sums are kept", ddl.CreateSums(d)...)
	}
	for t := range s.Tables() {
		if live := c.live[t]; live != nil {
			(&table{c, t, live, ddl.Quote(d, live.Name)}).check()
		}
		if protects(t) {
			if err := c.keys(ctx, t, source); err != nil {
				return err
			}
		}
	}
	c.groups(s)
	return errors.Join(c.errs...)
}

func protects(t *schema.Table) bool {
	return slices.ContainsFunc(t.Columns, (*schema.Column).Protected)
}

type checker struct {
	d       sqltext.Dialect
	allowed []string
	live    map[*schema.Table]*catalog.Table
	pins    []catalog.Pin
	details *catalog.Details
	errs    []error
}

func (c *checker) add(table, column, problem string, statements ...string) {
	statements = slices.DeleteFunc(statements, func(s string) bool { return s == "" })
	c.errs = append(c.errs, &ormhooks.CheckError{Table: table, Column: column, Problem: problem, DDL: strings.Join(statements, ";\n")})
}

func (c *checker) missing(t *schema.Table) {
	statements, err := ddl.CreateTable(t, c.d)
	if err != nil {
		c.add(t.Name, "", "the table is missing, and what the schema declares cannot be made: "+message.Bare(err))
		return
	}
	c.add(t.Name, "", "the table is missing", statements...)
}

// table is the check of one table that is there.
type table struct {
	*checker
	declared *schema.Table
	live     *catalog.Table
	quoted   string
}

func (t *table) check() {
	for _, want := range t.wanted() {
		if have := t.column(want.Name); have == nil {
			t.missingColumn(want)
		} else {
			t.checkColumn(want, have)
		}
	}
	t.checkIndexes()
	t.checkForeignKeys()
	t.checkExpressions()
	t.checkDependents()
}

// wanted are the schema's columns and the library's own. The terms of a pinned index are where its
// pins say: in two columns while it moves to another key, and then maybe in the second alone.
func (t *table) wanted() []ddl.Column {
	all := slices.DeleteFunc(ddl.Columns(t.declared, t.d), func(c ddl.Column) bool { return c.Kind == ddl.Term && len(pinsOf(t.pins, t.declared, c.Index)) > 0 })
	for x, p := range t.pinned() {
		all = append(all, ddl.TermColumn(x, p.Column, t.d))
	}
	return all
}

// pinned yields the table's unique indexes with their pins.
func (t *table) pinned() func(func(*schema.Index, catalog.Pin) bool) {
	return func(yield func(*schema.Index, catalog.Pin) bool) {
		for _, x := range t.declared.Indexes {
			for _, p := range pinsOf(t.pins, t.declared, x) {
				if !yield(x, p) {
					return
				}
			}
		}
	}
}

func pinsOf(pins []catalog.Pin, t *schema.Table, x *schema.Index) (of []catalog.Pin) {
	for _, p := range pins {
		if x.Pinned() && p.Table == t.Name && p.Index == x.Hidden() {
			of = append(of, p)
		}
	}
	return of
}

func (t *table) report(column, problem string, statements ...string) {
	t.add(t.declared.Name, column, problem, statements...)
}

func (t *table) column(name string) *catalog.Column {
	for i := range t.live.Columns {
		if c := &t.live.Columns[i]; c.Name == name || t.d != sqltext.PostgreSQL && strings.EqualFold(c.Name, name) {
			return c
		}
	}
	return nil
}

func (t *table) same(a, b string) bool {
	return a == b || t.d != sqltext.PostgreSQL && strings.EqualFold(a, b)
}

func (t *table) has(columns []string, name string) bool {
	return slices.ContainsFunc(columns, func(c string) bool { return t.same(c, name) })
}

// missingColumn reports a column that is not there. Of a model's plain fields those whose type
// the schema does not know may be no columns at all.
func (t *table) missingColumn(want ddl.Column) {
	if want.Type == "" {
		return
	}
	t.report(want.Name, "the column is missing, "+purpose(want), want.Add(t.d, t.live.Name))
}

func purpose(c ddl.Column) string {
	switch c.Kind {
	case ddl.Cell:
		return "in which the " + map[schema.Mode]string{schema.ModeSeal: "cells", schema.ModeToken: "ciphertexts", schema.ModeImprint: "imprints"}[c.Of.Mode] + " are stored"
	case ddl.Token:
		return "in which the library keeps the tokens of " + c.Of.Name
	case ddl.KeyID:
		return "in which the library keeps the key ids of " + c.Of.Name
	case ddl.Term:
		return "in which the library keeps the search terms of " + c.Index.Protected()[0].Name + " (rows that are there already are found by them, and kept unique or joined, only after reseal.Rows)"
	case ddl.Number:
		return "by which the database adds up " + c.Index.Protected()[0].Name + " (rows that are there already are added up one by one until reseal.Rows has given them numbers)"
	case ddl.RowKey:
		return "in which the library keeps the row keys"
	}
	return "which the schema declares"
}
