// Package result is pgx.Rows whose protected columns are opened. pgx cannot be given values for
// rows of its own, so what it does with a row is done here: values are written as a
// server would have sent them, and go through the connection's pgtype.Map.
package result
