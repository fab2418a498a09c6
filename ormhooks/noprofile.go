package ormhooks

import "fmt"

// ProfileError says that a smoothed index has no profile yet: without one nobody knows how many
// tokens a value is spread over, so nothing is written and nothing looked for.
type ProfileError struct {
	Table, Index string // "people", "city__sm"
	Scope        string // kind/id, or "" where one profile is for all
}

func (e *ProfileError) Error() string {
	of := ""
	if e.Scope != "" {
		of = " for " + e.Scope
	}
	return fmt.Sprintf("cellseal: %s.%s: there is no profile%s of how frequent its values are: make one with reseal.Profile, before the first row is written", e.Table, e.Index, of)
}
