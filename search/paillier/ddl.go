package paillier

import (
	"fmt"
	"regexp"
)

var identifier = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,50}$`)

// DDL returns the statements that give PostgreSQL an aggregate of that name over
// numeric, for the ciphertexts of this key alone:
//
//	SELECT salaries_sum(salary_enc), COUNT(salary_enc) FROM salaries
//
// It multiplies modulo n², skips NULL, is NULL of no rows, and may run in parallel.
// Its step is a function with _add behind the name. What is there under that name is
// replaced, so two keys need two names. A name is of up to 51 lower-case letters,
// digits and underscores, else DDL panics. PostgreSQL 12 or later; no secret.
func (k *PublicKey) DDL(name string) []string {
	if !identifier.MatchString(name) {
		panic("cellseal/paillier: a name is of up to 51 lower-case letters, digits and underscores, and begins with no digit")
	}
	return []string{
		// The operator is named with its schema: whoever can create one must not change the sum.
		fmt.Sprintf(`CREATE OR REPLACE FUNCTION %s_add(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT pg_catalog.mod($1 OPERATOR(pg_catalog.*) $2, %s)'`,
			name, k.state().square),
		fmt.Sprintf(`CREATE OR REPLACE AGGREGATE %s(numeric) (SFUNC = %[1]s_add, STYPE = numeric, COMBINEFUNC = %[1]s_add, PARALLEL = SAFE)`, name),
	}
}
