// Package hygiene finds settings of a database server that write down what encryption
// keeps out of the tables: statements with their parameters, in logs.
//
//	findings, err := hygiene.Check(ctx, db, hygiene.PostgreSQL)
//	for _, f := range findings {
//		log.Printf("%s", f)
//	}
//
// The tokens of an index reach the server as parameters of queries. A log of them tells its
// reader which rows each query was for, query by query, which a stolen table alone does not.
// A log of statements sent past the encryption holds values in clear.
//
// It reads settings only and changes none. What it cannot see: logs of proxies and poolers,
// settings of other roles and databases, and what a hosting provider records besides.
package hygiene
