// Package sqlfuzz holds nothing but tests: it changes SQL statements in every way it
// knows of, and asks others what they mean. Those others are PostgreSQL's own parser
// (pg_query_go), TiDB's of MySQL, and PREPARE of the live servers.
//
// It is a module of its own because pg_query_go is PostgreSQL's parser in C, of which a
// cold build takes about a minute, and no user of Cellseal needs either parser. It
// lives below ormhooks because package plan can only be imported there. Run it from this
// folder:
//
//	go test .
//
// What is asked of each statement:
//
//   - Does the other parser find a protected table where the plan passes it unchanged?
//   - Do both trees have the same kind, tables, columns, strings and parameters, and the
//     same precedence? The last is asked by putting parentheses around every operator as
//     package sqltext reads it: the other tree must not change.
//   - Is a value for a protected column still in the text that is sent?
//   - Does the server take what the plan made of a statement that it takes as it was, with
//     the columns that the plan says?
//   - Does anything panic, or take seconds?
//
// Statements that found a mistake are kept in testdata/found.txt.
package sqlfuzz
