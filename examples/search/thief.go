package main

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/picture"
)

// steal reads the file without keys, as a thief does who knows how many patients come from each city.
func steal(ctx context.Context, out io.Writer, file, drawing string, patients []Patient) error {
	db, err := sql.Open("sqlite", "file:"+file+"?mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	var sample []string
	for _, p := range patients {
		sample = append(sample, p.City)
	}
	common := byFrequency(sample)
	fmt.Fprintf(out, "\n   always guessing %s:                          %5.1f %% of the rows\n", common[0].value, 100*float64(common[0].count)/float64(len(sample)))
	for _, column := range []string{"town__eq", "city__sm"} {
		stored, err := terms(ctx, db, column)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "   matching %s with the cities by frequency:     %5.1f %%\n", column, 100*matched(stored, patients))
	}

	plan, err := search.Plan(sample, &search.PlanOptions{Column: "city", Transforms: []search.Transform{search.Fold}})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n   What search.Plan had said of the column, whose thief knows how common cities are, but not this clinic's own numbers:\n\n%s\n", plan)
	f, err := os.Create(drawing)
	if err != nil {
		return err
	}
	if err := picture.SVG(f, plan, nil); err != nil {
		return err
	}
	fmt.Fprintf(out, "   drawn in %s\n", drawing)
	return f.Close()
}

// terms returns what is stored for each patient's city.
func terms(ctx context.Context, db *sql.DB, column string) (map[int64]string, error) {
	rows, err := db.QueryContext(ctx, "SELECT id, "+column+" FROM patients")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	stored := map[int64]string{}
	for rows.Next() {
		var id int64
		var term []byte
		if err := rows.Scan(&id, &term); err != nil {
			return nil, err
		}
		stored[id] = string(term)
	}
	return stored, rows.Err()
}

type counted struct {
	value string
	count int
}

// byFrequency counts values, the most common first.
func byFrequency(values []string) []counted {
	counts := map[string]int{}
	for _, v := range values {
		counts[v]++
	}
	var list []counted
	for v, n := range counts {
		list = append(list, counted{v, n})
	}
	slices.SortFunc(list, func(a, b counted) int { return cmp.Or(b.count-a.count, cmp.Compare(a.value, b.value)) })
	return list
}

// matched is the whole attack: the most common term is the most common city, and so on down. It
// returns the share of the rows for which that is right.
func matched(stored map[int64]string, patients []Patient) float64 {
	var all, names []string
	for _, p := range patients {
		all, names = append(all, stored[p.ID]), append(names, p.City)
	}
	meaning := map[string]string{}
	cities := byFrequency(names)
	for i, t := range byFrequency(all) {
		meaning[t.value] = cities[min(i, len(cities)-1)].value
	}
	right := 0
	for _, p := range patients {
		if meaning[stored[p.ID]] == p.City {
			right++
		}
	}
	return float64(right) / float64(len(patients))
}
