package keyservice

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/tree"
)

// A Policy says who may have which keys. What it does not grant is denied. It is immutable.
// [ParsePolicy] reads one:
//
//	{
//	  "cellseal-policy": 1,
//	  "clients": [{
//	    "name": "billing",
//	    "identities": ["dns:billing.internal", "uid:1001"],
//	    "rate": {"rows_per_second": 200, "burst": 1000},
//	    "keep_seconds": 300,
//	    "rules": [
//	      {"path": ["t:invoices"], "can": ["seal", "open", "index"], "grain": "subtree"},
//	      {"path": ["s:tenant/*", "t:patients", "c:default"], "can": ["seal", "open"], "grain": "row"}
//	    ]
//	  }]
//	}
//
// An identity is a DNS or URI name of a client certificate ("dns:", "uri:"; its common name is
// not looked at) or the user at the other end of a Unix socket ("uid:"). Each belongs to one
// client; a certificate with names of two is nobody's.
//
// A rule covers its path and all below it. "s:tenant/*" stands for every scope of that kind, and
// is the only wildcard. "seal" and "open" are of the cells ring and "index" is of the index
// ring. With grain "subtree" the client gets nodes and works on its own from there; with "row" it
// gets keys of the rows it names and of no others.
//
// rate is in rows, a subtree counting as one; burst is also the largest batch. keep_seconds is
// how long the client may go on without asking, 300 if it is left out.
type Policy struct{ s *policyState }

type policyState struct {
	clients map[string]*client // by identity
}

const (
	canSeal  = "seal"
	canOpen  = "open"
	canIndex = "index"

	grainSubtree = "subtree"
	grainRow     = "row"
)

type client struct {
	name  string
	rate  float64
	burst int
	keep  int
	rules []rule
	text  []byte // as it stands in the file, for the revision
}

type rule struct {
	path         []string
	cells, index bool
	rows         bool // single ones, and no nodes
}

// client returns whom identities belong to, or nil if that is nobody or not one alone.
func (p *Policy) client(identities []string) *client {
	var found *client
	for _, id := range identities {
		c := p.s.clients[id]
		if c != nil && found != nil && c != found {
			return nil
		}
		if c != nil {
			found = c
		}
	}
	return found
}

type verdict int

const (
	denied verdict = iota
	rowsOnly
	granted
)

// decide returns the most that any rule grants at path.
func (c *client) decide(ring string, path []string) verdict {
	best := denied
	for _, r := range c.rules {
		if !r.covers(ring, path) {
			continue
		}
		if !r.rows {
			return granted
		}
		best = rowsOnly
	}
	return best
}

func (r *rule) covers(ring string, path []string) bool {
	if ring == tree.Cells && !r.cells || ring == tree.Index && !r.index || len(path) < len(r.path) {
		return false
	}
	return slices.EqualFunc(r.path, path[:len(r.path)], func(want, have string) bool {
		if scopes, ok := wildcard(want); ok {
			return strings.HasPrefix(have, scopes)
		}
		return want == have
	})
}

// wildcard returns what the labels begin with that label stands for, if it is "s:kind/*".
func wildcard(label string) (begin string, ok bool) {
	begin, ok = strings.CutSuffix(label, "*")
	return begin, ok && strings.HasPrefix(label, "s:") && strings.Index(begin, "/") == len(begin)-1
}

// known is the path of a rule up to its wildcard.
func (r *rule) known() []string {
	if len(r.path) > 0 {
		if _, ok := wildcard(r.path[0]); ok {
			return nil
		}
	}
	return r.path
}
