// Package people is written as sqlc generates it for pgx v5, with a batch and a copyfrom, from
// queries over a logical table people (id bigint, email text, ssn text, born date). The
// tests run it through package pgxcell, of which it knows nothing.
package people
