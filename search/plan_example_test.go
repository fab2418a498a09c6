package search_test

import (
	"fmt"
	"log"
	"math"
	"math/rand/v2"

	"github.com/cellseal/cellseal/search"
)

// samples are three columns of a clinic: unique, skewed with a long tail, few values.
func samples(n int) (emails, cities, diagnoses []string) {
	r := rand.New(rand.NewPCG(2026, 1))
	diagnosis := []string{"hypertension", "diabetes", "asthma", "depression", "back pain", "migraine", "anaemia", "gout", "epilepsy", "HIV", "lupus", "leukaemia"}
	for i := range n {
		emails = append(emails, fmt.Sprintf("patient%d@example.com", i))
		cities = append(cities, fmt.Sprintf("City %.0f", math.Exp(r.Float64()*math.Log(800))))
		diagnoses = append(diagnoses, diagnosis[min(int(r.ExpFloat64()*1.6), len(diagnosis)-1)])
	}
	return emails, cities, diagnoses
}

func ExamplePlan() {
	emails, cities, diagnoses := samples(10_000)
	for _, column := range []struct {
		sample []string
		o      search.PlanOptions
	}{
		{emails, search.PlanOptions{Column: "email", Transforms: []search.Transform{search.Email}}},
		{cities, search.PlanOptions{Column: "city", Transforms: []search.Transform{search.Trim, search.Fold}, Parts: true}},
		{diagnoses, search.PlanOptions{Column: "diagnosis"}},
	} {
		column.o.Rows = 200_000
		plan, err := search.Plan(column.sample, &column.o)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(plan)
	}
	// Output:
	// Column email: 200 000 rows expected, a sample of 10 000 with 10 000 different values.
	// No value occurs twice in the sample.
	//
	// A thief of the table gets  rows       times guessing  bits left  knowing 100 rows, of others
	//   none                     100 %      -               0.0        100 %
	//   exact, unique            < 0.001 %  1.0             17.6       0 %
	//   words                    < 0.001 %  1.0             17.6       0 %
	//   substring                < 0.001 %  1.0             17.6       0 %
	//   sorted                   < 0.001 %  1.0             17.6       0 %
	//
	// A query points at  rows  of them false  value guessed  tokens (most)  bytes/row  answers
	//   none             1     0              100 %          1              0          everything
	//   exact, unique    1     0              < 0.001 %      1              72         =, IN, UNIQUE
	//   words            1     0              < 0.001 %      -              92         cellseal_match(email, 'word')
	//   substring        1     0              < 0.001 %      -              703        LIKE '%part%'
	//   sorted           1     0              < 0.001 %      -              31         <, BETWEEN, ORDER BY, LIKE 'x%'
	// Bits left: n bits are the doubt of guessing among 2^n values that are equally likely. Value guessed: how often who sees a query knows what was asked for, by how many rows it points at.
	//
	// Take exact, unique: search:"exact,email,unique"
	// - Why: every row has a token of its own, so equal values cannot be counted, and whoever steals the table is left to guess: one row in 200 000.
	// - Price: 72 bytes a row; a query is one look-up, as on a plain column.
	// - What is left: who watches queries sees which row each of them is for, and the database refuses a second row of one value, which tells a writer that it exists.
	// - If two rows may hold one value after all, leave unique out, and plan again with a larger sample.
	//
	// Column city: 200 000 rows expected, a sample of 10 000 with 770 different values.
	// The most frequent value fills 7.6 % of the rows: who always guesses it is right that often, and no encryption changes that.
	//
	// A thief of the table gets  rows    times guessing  bits left  knowing 100 rows, of others
	//   none                     100 %   13.3            0.0        100 %
	//   exact                    46.8 %  6.2             1.1        51.2 %
	//   smoothed                 7.6 %   1.0             3.7        6.0 %
	//   words                    7.6 %   1.0             3.7        0 %
	//   substring                7.6 %   1.0             3.7        0 %
	//   sorted                   7.6 %   1.0             3.7        0 %
	//
	// A query points at  rows   of them false  value guessed  tokens (most)  bytes/row  answers
	//   none             3 693  0              100 %          1              0          everything
	//   exact            3 693  0              45.9 %         1              24         =, IN
	//   smoothed         3 879  200            33.8 %         38 (153)       24         =, IN
	//   words            3 693  0              45.9 %         -              92         cellseal_match(city, 'word')
	//   substring        3 693  0              45.9 %         -              214        LIKE '%part%'
	//   sorted           3 693  0              45.9 %         -              31         <, BETWEEN, ORDER BY, LIKE 'x%'
	// Bits left: n bits are the doubt of guessing among 2^n values that are equally likely. Value guessed: how often who sees a query knows what was asked for, by how many rows it points at.
	//
	// Take smoothed: search:"smoothed,trim,fold;substring,trim,fold"
	// - Why: in an exact index equal values have equal tokens, and a thief who knows how frequent each value is counts them: 46.8 % of the rows recovered. Smoothed spreads a frequent value over many tokens: 7.6 %, and guessing gets 7.6 %.
	// - Price: 24 bytes a row; a query asks for 38 tokens on average and 153 for the most frequent value, and finds about 200 rows too many, which are decrypted and dropped.
	// - It needs a profile of how frequent values are (search.NewProfile), and a new one when a search.Monitor says so: after frequencies changed by 30 %, a thief got 1.1 times what guessing gets.
	// - What is left: who sees a query sees the rows it points at. Who learns the values of 100 rows learns those of 6.0 % of the table (exact: 51.2 %).
	// - For parts of values the index substring stands beside it: at rest it shows sizes only, and on a query which rows are read afterwards; 214 bytes a row.
	//
	// Column diagnosis: 200 000 rows expected, a sample of 10 000 with 12 different values.
	// The most frequent value fills 46.3 % of the rows: who always guesses it is right that often, and no encryption changes that.
	//
	// A thief of the table gets  rows    times guessing  bits left  knowing 100 rows, of others
	//   none                     100 %   2.2             0.0        100 %
	//   exact                    99.9 %  2.1             0.0        99.5 %
	//   smoothed                 46.3 %  1.0             1.1        8.8 %
	//   words                    46.3 %  1.0             1.1        0 %
	//   substring                46.3 %  1.0             1.1        0 %
	//   sorted                   46.3 %  1.0             1.1        0 %
	//
	// A query points at  rows    of them false  value guessed  tokens (most)  bytes/row  answers
	//   none             60 754  0              100 %          1              0          everything
	//   exact            60 754  0              99.9 %         1              24         =, IN
	//   smoothed         60 862  200            99.5 %         608 (928)      24         =, IN
	//   words            60 754  0              99.9 %         -              63         cellseal_match(diagnosis, 'word')
	//   substring        60 754  0              99.9 %         -              299        LIKE '%part%'
	//   sorted           60 754  0              99.9 %         -              31         <, BETWEEN, ORDER BY, LIKE 'x%'
	// Bits left: n bits are the doubt of guessing among 2^n values that are equally likely. Value guessed: how often who sees a query knows what was asked for, by how many rows it points at.
	//
	// Take smoothed: search:"smoothed"
	// - Why: in an exact index equal values have equal tokens, and a thief who knows how frequent each value is counts them: 99.9 % of the rows recovered. Smoothed spreads a frequent value over many tokens: 46.3 %, and guessing gets 46.3 %.
	// - Price: 24 bytes a row; a query asks for 608 tokens on average and 928 for the most frequent value, and finds about 200 rows too many, which are decrypted and dropped.
	// - It needs a profile of how frequent values are (search.NewProfile), and a new one when a search.Monitor says so: after frequencies changed by 30 %, a thief got 1.0 times what guessing gets.
	// - What is left: who sees a query sees the rows it points at. Who learns the values of 100 rows learns those of 8.8 % of the table (exact: 99.5 %).
	// - A query for the most frequent value brings 46.3 % of the table: no index makes that fast. Where only rare values are looked for, that costs nothing.
}
