package keys

// Remembered returns how many derivations a ring remembers.
func Remembered(r *Ring) int { return len(r.s.derived.known) }
