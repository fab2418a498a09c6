package plan

// A Refusal says why a statement is refused. Nothing of it has left the process. Package
// ormhooks shows it as a StatementError.
type Refusal struct {
	Pos     int    // byte offset in the statement
	Column  string // table.column, if one is meant
	Reason  string
	Instead string // what to write, if something can be
	// Unknown says that the catalogue lacks what the statement names: it may be old.
	Unknown bool
	// later says that a Finish may answer it.
	later bool
}

func (r *Refusal) Error() string { return r.Reason }
