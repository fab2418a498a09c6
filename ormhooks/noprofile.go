package ormhooks

import "fmt"

// ProfileError says that a smoothed index has no profile yet: without one nobody knows how many
// tokens a value is spread over, so nothing is written and nothing looked for. Or one is Lost that rows may have
// tokens of, because somebody deleted it: then nothing is looked for.
type ProfileError struct {
	Table, Index string // "people", "city__sm"
	Scope        string // kind/id, or "" where one profile is for all
	Lost         bool
}

func (e *ProfileError) Error() string {
	of := ""
	if e.Scope != "" {
		of = " for " + e.Scope
	}
	if e.Lost {
		return fmt.Sprintf("cellseal: %s.%s: a profile%s is gone that rows may have tokens of, and nobody called reseal.DropProfiles: put cellseal_profiles back as it was, "+
			"or call reseal.Rows, which gives those rows other tokens, then reseal.DropProfiles, and restart", e.Table, e.Index, of)
	}
	return fmt.Sprintf("cellseal: %s.%s: there is no profile%s of how frequent its values are: make one with reseal.Profile, before the first row is written", e.Table, e.Index, of)
}
