package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"strings"
	"time"
)

// A question is a statement with what a plain program would answer to it.
type question struct {
	what, query string
	args        []any
	truth       func(Patient) bool // nil: the answer is looked at, not counted
}

func questions(email string) []question {
	date := func(year int) time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }
	has := func(text, part string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(part)) }
	return []question{
		{"by e-mail, whatever its case", "SELECT count(*) FROM patients WHERE email = ?", []any{strings.ToUpper(email)}, func(p Patient) bool { return p.Email == email }},
		{"a part of the name", "SELECT count(*) FROM patients WHERE name LIKE ?", []any{"%bri%"}, func(p Patient) bool { return has(p.Name, "bri") }},
		{"the name's beginning", "SELECT count(*) FROM patients WHERE name LIKE 'siob%'", nil, func(p Patient) bool { return has(p.Name[:min(4, len(p.Name))], "siob") }},
		{"words of the notes", "SELECT count(*) FROM patients WHERE cellseal_match(notes, ?)", []any{"allergy penicillin"}, func(p Patient) bool { return has(p.Notes, "allergy") && has(p.Notes, "penicillin") }},
		{"a range of years", "SELECT count(*) FROM patients WHERE born >= ? AND born < ?", []any{date(1980), date(1981)}, func(p Patient) bool { return p.Born.Year() == 1980 }},
		{"two indexes at once", "SELECT count(*) FROM patients WHERE cellseal_match(diagnosis, 'asthma') AND fee BETWEEN 10000 AND 11000", nil, func(p Patient) bool { return p.Diagnosis == "asthma" && p.Fee >= 10000 && p.Fee <= 11000 }},
		{"a typing error in the name", "SELECT DISTINCT name FROM patients WHERE cellseal_near(name, ?) ORDER BY name LIMIT 3", []any{"Siobhan Smyth"}, nil},
		{"the oldest", "SELECT name, born FROM patients ORDER BY born, id LIMIT 3", nil, nil},
		{"the dearest in one city", "SELECT name, fee FROM patients WHERE city = 'Cork' ORDER BY fee DESC, id LIMIT 3", nil, nil},
		{"least and greatest", "SELECT min(fee), max(fee) FROM patients", nil, nil},
		{"a sum by groups", "SELECT diagnosis, count(*), sum(fee) FROM patients GROUP BY diagnosis ORDER BY count(*) DESC LIMIT 3", nil, nil},
		{"how many cities", "SELECT count(DISTINCT city) FROM patients", nil, nil},
	}
}

func ask(ctx context.Context, out io.Writer, db *sql.DB, patients []Patient) error {
	for _, q := range questions(patients[len(patients)/2].Email) {
		answer, err := rows(ctx, db, q)
		if err != nil {
			return fmt.Errorf("%s: %w", q.what, err)
		}
		fmt.Fprintf(out, "\n   %s\n      %s  %v\n", q.what, q.query, q.args)
		for _, line := range answer {
			fmt.Fprintf(out, "      → %s", line)
			if q.truth != nil {
				count := 0
				for _, p := range patients {
					if q.truth(p) {
						count++
					}
				}
				fmt.Fprintf(out, "  (in the plain list: %d)", count)
				if fmt.Sprint(count) != line {
					return fmt.Errorf("%s: %s found, %d are there", q.what, line, count)
				}
			}
			fmt.Fprintln(out)
		}
	}
	fmt.Fprintln(out)
	return nil
}

// rows returns the rows of an answer as text.
func rows(ctx context.Context, db *sql.DB, q question) ([]string, error) {
	result, err := db.QueryContext(ctx, q.query, q.args...)
	if err != nil {
		return nil, err
	}
	defer result.Close()
	columns, err := result.Columns()
	if err != nil {
		return nil, err
	}
	var lines []string
	for result.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := result.Scan(values...); err != nil {
			return nil, err
		}
		var line []string
		for _, v := range values {
			v := *v.(*any)
			if at, ok := v.(time.Time); ok {
				v = at.Format("2 January 2006")
			}
			line = append(line, fmt.Sprint(v))
		}
		lines = append(lines, strings.Join(line, ", "))
	}
	return lines, result.Err()
}
