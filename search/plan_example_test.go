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
	// Who steals the table  learns of all rows  if told 100 rows, of the others
	//   plain               100 %               100 %
	//   none                < 0.001 %           0 %
	//   exact, unique       < 0.001 %           0 %
	// plain: not encrypted. none: encrypted, no index. The thief knows how frequent each value is, and guesses where he learns nothing.
	//
	// A query for one value  rows found  too many  watcher names it  looks up  bytes/row  answers
	//   plain                1           0         100 %             1 value   0          everything
	//   none                 -           -         -                 -         0          nothing: all rows are read
	//   exact, unique        1           0         < 0.001 %         1 token   72         =, IN, UNIQUE
	// too many: rows of other values, dropped after decryption. watcher names it: how often who sees queries tells the value by the number of rows.
	// words, substring and range do not take the transforms email, first and last.
	//
	// Take exact, unique: search:"exact,email,unique"
	// - Why: every row has a token of its own, so equal values cannot be counted, and whoever steals the table is left to guess: one row in 200 000.
	// - Price: 72 bytes a row; a look-up is one statement, as on a plain column.
	// - What is left: who watches queries sees which row each of them is for, and the database refuses a second row of one value, which tells a writer that it exists.
	// - If two rows may hold one value after all, leave unique out, and plan again with a larger sample.
	//
	// Column city: 200 000 rows expected, a sample of 10 000 with 770 different values.
	// Guessing, which no encryption prevents: who always says the most frequent value is right for 7.6 % of the rows.
	//
	// Who steals the table  learns of all rows  if told 100 rows, of the others
	//   plain               100 %               100 %
	//   none                7.6 %               0 %
	//   exact               46.8 %              51.2 %
	//   smoothed            7.6 %               6.0 %
	//   words               7.6 %               0 %
	//   substring           7.6 %               0 %
	//   range               7.6 %               0 %
	// plain: not encrypted. none: encrypted, no index. The thief knows how frequent each value is, and guesses where he learns nothing.
	//
	// A query for one value  rows found  too many  watcher names it  looks up                bytes/row  answers
	//   plain                3 693       0         100 %             1 value                 0          everything
	//   none                 -           -         -                 -                       0          nothing: all rows are read
	//   exact                3 693       0         45.9 %            1 token                 24         =, IN
	//   smoothed             3 879       200       33.8 %            38 tokens, at most 153  24         =, IN
	//   words                3 693       0         45.9 %            72 pages                92         =, IN, cellseal_match(city, 'word')
	//   substring            3 693       0         45.9 %            1 862 pages             214        LIKE '%part%'
	//   range                3 693       0         45.9 %            72 pages                31         =, IN, <, BETWEEN, ORDER BY, LIKE 'x%'
	// too many: rows of other values, dropped after decryption. watcher names it: how often who sees queries tells the value by the number of rows.
	// pages: of 2 kB, in a list beside the table: 2 queries more, and 1 or more that read the rows, before the statement itself. substring: for 3 characters.
	//
	// Take smoothed: search:"smoothed,trim,fold;substring,trim,fold"
	// or words: search:"words,trim,fold;substring,trim,fold"
	// - Why not exact: equal values have equal tokens there, and a thief who knows how frequent each value is counts them: 46.8 % of the rows. With smoothed it is 7.6 %, and by guessing 7.6 %.
	// - smoothed: a plain SELECT is one indexed statement, and there is no list to maintain; in joins, COUNT, GROUP BY and LIMIT rows are read first, as after a list. It needs a profile.
	// - words: no profile, no rows too many, and 100 known rows give away no others (smoothed: 6.0 %); but each look-up is at least 3 queries more, and sqlcell.Maintain must run (for substring it does anyway).
	// - Price: 238 bytes a row (smoothed 24 + substring 214) and, a look-up, 38 tokens on average and about 200 rows too many; with words 306 bytes a row (words 92 + substring 214) and, a look-up, at least 3 queries more and about 72 pages.
	// - The profile says how frequent values are: reseal.Profile makes it with the driver wrapper, search.NewProfile without. Make a new one when a search.Monitor says so: after frequencies changed by 30 %, a thief got 1.1 times what guessing gets.
	// - What is left: smoothed protects the stolen table and not the watched query, which shows the rows it is for. Who is told 100 rows learns 6.0 % of the others (exact: 51.2 %).
	// - Lists (words, substring, range) show a thief their size only; sqlcell.Maintain, or search.Maintain, keeps them fast.
	//
	// Column diagnosis: 200 000 rows expected, a sample of 10 000 with 12 different values.
	// Guessing, which no encryption prevents: who always says the most frequent value is right for 46.3 % of the rows.
	//
	// Who steals the table  learns of all rows  if told 100 rows, of the others
	//   plain               100 %               100 %
	//   none                46.3 %              0 %
	//   exact               99.9 %              99.5 %
	//   smoothed            46.3 %              8.8 %
	//   words               46.3 %              0 %
	//   substring           46.3 %              0 %
	//   range               46.3 %              0 %
	// plain: not encrypted. none: encrypted, no index. The thief knows how frequent each value is, and guesses where he learns nothing.
	//
	// A query for one value  rows found  too many  watcher names it  looks up                 bytes/row  answers
	//   plain                60 754      0         100 %             1 value                  0          everything
	//   none                 -           -         -                 -                        0          nothing: all rows are read
	//   exact                60 754      0         99.9 %            1 token                  24         =, IN
	//   smoothed             60 862      200       99.5 %            608 tokens, at most 928  24         =, IN
	//   words                60 754      0         99.9 %            948 pages                63         =, IN, cellseal_match(diagnosis, 'word')
	//   substring            60 754      0         99.9 %            1 109 pages              299        LIKE '%part%'
	//   range                60 754      0         99.9 %            948 pages                31         =, IN, <, BETWEEN, ORDER BY, LIKE 'x%'
	// too many: rows of other values, dropped after decryption. watcher names it: how often who sees queries tells the value by the number of rows.
	// pages: of 2 kB, in a list beside the table: 2 queries more, and 1 or more that read the rows, before the statement itself. substring: for 3 characters.
	//
	// Take smoothed: search:"smoothed"
	// or words: search:"words"
	// - Why not exact: equal values have equal tokens there, and a thief who knows how frequent each value is counts them: 99.9 % of the rows. With smoothed it is 46.3 %, and by guessing 46.3 %.
	// - smoothed: a plain SELECT is one indexed statement, and there is no list to maintain; in joins, COUNT, GROUP BY and LIMIT rows are read first, as after a list. It needs a profile.
	// - words: no profile, no rows too many, and 100 known rows give away no others (smoothed: 8.8 %); but each look-up is at least 3 queries more, and sqlcell.Maintain must run.
	// - Price: 24 bytes a row and, a look-up, 608 tokens on average and about 200 rows too many; with words 63 bytes a row and, a look-up, at least 3 queries more and about 948 pages.
	// - The profile says how frequent values are: reseal.Profile makes it with the driver wrapper, search.NewProfile without. Make a new one when a search.Monitor says so: after frequencies changed by 30 %, a thief got 1.0 times what guessing gets.
	// - What is left: smoothed protects the stolen table and not the watched query, which shows the rows it is for. Who is told 100 rows learns 8.8 % of the others (exact: 99.5 %).
	// - A query for the most frequent value brings 46.3 % of the table: no index makes that fast. Where only rare values are looked for, that costs nothing.
}
