// Package ddl says what a schema needs of a database: which columns of which types and
// widths, which indexes, and the statements that make them. What creates tables and what
// checks them ask here, so that they agree.
//
//	script, err := ddl.Script(schema, sqltext.PostgreSQL)  // for an empty database
//	for _, c := range ddl.Columns(table, d) { c.Add(d, …) } // one by one, for one that has tables already
package ddl
