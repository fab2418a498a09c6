// Package planner is what search.Plan does: it attacks a sample of a column under each
// index there is for it, and says in words and numbers what came of it. The attacks are
// those of internal/attack, with fixed seeds: the same sample gives the same answer.
package planner
