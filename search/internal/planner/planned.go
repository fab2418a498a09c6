package planner

// Planned is what a plan found out: statistics of the column, and no value of it unless
// Common was asked for. Its String is the plan in words.
type Planned struct {
	Column     string
	Rows       uint64  // expected
	Sampled    int     // of which the sample holds a value
	Distinct   int     // different values in the sample, after transforms
	Guess      float64 // fraction of the rows that the most frequent value is: right without looking
	Attacked   int     // rows the attacks were run on, drawn from the sample
	KnownRows  int     // rows whose values the attacker of Candidate.Known knows
	Candidates []Candidate
	// Best is the index to take for questions of equality, one of Candidates.
	Best string
	// Tag is what to write on the field for all that was asked: `search:"smoothed,fold"`.
	Tag string
	// Or is a tag that answers the same at another price, for the application to choose from; "" is none.
	Or string
	// Common are the most frequent values in clear, as many as PlanOptions asked for.
	Common []string

	unique   bool
	asked    Asked
	other    string // the index for equality in Or
	listless bool   // the transforms leave nothing that a list could look into
}

// A Candidate is one index, and what it shows of the sample. Fractions are of all rows.
type Candidate struct {
	Index   string // "plain" is the column in clear, "none" the encrypted one without an index
	Tag     string // what to write for it, without other questions
	Answers string // which questions
	// AtRest is the fraction of rows whose value the strongest attack recovers from the stored
	// table, the attacker knowing how frequent each value is; EntropyLeft the average
	// min-entropy in bits that this leaves of a row's value.
	AtRest, EntropyLeft float64
	// Drifted is AtRest as a multiple of what guessing gets, after all frequencies changed by
	// about 30 %; 0 where they play no part.
	Drifted float64
	// Known is the fraction of rows that are exposed by knowing KnownRows others.
	Known float64
	// QueryRows is how many rows a query that is observed points at, on average over queries
	// as frequent as values; Named the fraction of such queries whose value is guessed
	// right by how many rows that is.
	QueryRows, Named float64
	// FalseRows is how many of them hold another value and are dropped after decryption.
	FalseRows float64
	// Tokens is how many tokens a query asks for on average, MostTokens for the most
	// frequent value; 0 where a query reads pages.
	Tokens     float64
	MostTokens int
	// Pages is about how many pages of 2 kB a look-up reads in a list: for one value, and of
	// substring for three characters. 0 where it reads none.
	Pages float64
	// Bytes is what a row costs besides its cell: columns, index entries, pages.
	Bytes float64
	// Stored is how many rows stand under each token, most first: what is to be seen of the
	// histogram. It is empty where nothing is.
	Stored []int

	guess float64 // what guessing gets of the rows that were drawn
}

// Candidate returns the candidate of that name.
func (p *Planned) Candidate(index string) (Candidate, bool) {
	for _, c := range p.Candidates {
		if c.Index == index {
			return c, true
		}
	}
	return Candidate{}, false
}

// Asked says which questions a column is asked besides equality.
type Asked struct{ Words, Parts, Order bool }

// Input is a column's sample, counted.
type Input struct {
	Column     string
	Transforms []string // as a tag names them
	Rows       uint64   // expected; 0 is as many as the sample has
	Known      int
	Common     int
	Asked      Asked
	Text       bool
	Leaks      bool              // an exact index that is not unique needs leaks=frequency
	SortedKey  int               // bytes of a key in a sorted index
	Counts     map[string]uint64 // by normalized value
	Shown      map[string]string // how to print a normalized value, for Common
}
