package plan

import (
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// An Effect is what a passing statement does to the transaction of its connection.
type Effect uint8

const (
	// Begins and Ends are of a transaction that is begun or ended by hand.
	Begins Effect = iota + 1
	Ends
	// Undoes is ROLLBACK TO a savepoint.
	Undoes
	// Saves and Releases are SQLite's SAVEPOINT, which begins a transaction where there is none, and
	// RELEASE, which then ends it with the last of them.
	Saves
	Releases
	// Manual is MySQL's autocommit being set: a transaction is always under way from then on.
	Manual
)

// effects returns what the statements of a text do to the transaction, in their order.
func effects(d sqltext.Dialect, tokens []sqltext.Token) []Effect {
	var all []Effect
	for len(tokens) > 0 {
		end := 0
		for end < len(tokens) && (tokens[end].Kind != sqltext.Symbol || tokens[end].Text != ";") {
			end++
		}
		all = append(all, effectsOf(d, tokens[:end])...)
		tokens = tokens[min(end+1, len(tokens)):]
	}
	return all
}

func effectsOf(d sqltext.Dialect, tokens []sqltext.Token) []Effect {
	if len(tokens) == 0 || tokens[0].Kind != sqltext.Word {
		return nil
	}
	has := func(word string) bool {
		for _, t := range tokens[1:] {
			if t.Kind == sqltext.Word && strings.EqualFold(t.Text, word) {
				return true
			}
		}
		return false
	}
	switch strings.ToUpper(tokens[0].Text) {
	case "BEGIN":
		return []Effect{Begins}
	case "START": // and not a replica
		if has("TRANSACTION") {
			return []Effect{Begins}
		}
	case "SAVEPOINT": // which elsewhere needs a transaction, or does nothing without one
		if d == sqltext.SQLite {
			return []Effect{Saves}
		}
	case "RELEASE":
		if d == sqltext.SQLite {
			return []Effect{Releases}
		}
	case "COMMIT", "END", "ABORT", "ROLLBACK":
		switch {
		case has("TO"):
			return []Effect{Undoes}
		case has("CHAIN") && !has("NO"):
			return []Effect{Ends, Begins}
		}
		return []Effect{Ends}
	case "CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME":
		if d == sqltext.MySQL && !temporary(tokens) { // which commits first
			return []Effect{Ends}
		}
	case "SET":
		if d == sqltext.MySQL && strings.Contains(strings.ToLower(joined(tokens)), "autocommit") {
			return []Effect{Manual}
		}
	}
	return nil
}

// temporary reports whether CREATE or DROP is of a temporary table, which does not commit. To take
// it for the end of a transaction would make the door begin another, and that commits.
func temporary(tokens []sqltext.Token) bool {
	for _, t := range tokens {
		switch strings.ToUpper(t.Text) {
		case "TEMPORARY":
			return true
		case "TABLE", "SEQUENCE":
			return false
		}
	}
	return false
}

func joined(tokens []sqltext.Token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.Text)
	}
	return b.String()
}
