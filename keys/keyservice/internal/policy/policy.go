// Package policy reads a key service's policy and decides by it. keyservice.Policy says what stands in
// the file.
package policy

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/tree"
)

const (
	canSeal  = "seal"
	canOpen  = "open"
	canIndex = "index"

	// The grains, as the file and the log name them.
	Subtree = "subtree"
	Row     = "row"
)

// A Policy is who may have which keys.
type Policy struct {
	clients map[string]*Client // by identity
}

// A Client is one of those the file names.
type Client struct {
	Name  string
	Rate  float64 // rows per second
	Burst int     // rows
	Keep  int     // seconds
	Text  []byte  // as it stands in the file: two clients of one text are granted the same

	rules []rule
}

type rule struct {
	path         []string
	cells, index bool
	rows         bool // single ones, and no nodes
}

// Client returns whom identities belong to, or nil if that is nobody or not one alone.
func (p *Policy) Client(identities []string) *Client {
	var found *Client
	for _, id := range identities {
		c := p.clients[id]
		if c != nil && found != nil && c != found {
			return nil
		}
		if c != nil {
			found = c
		}
	}
	return found
}

// A Verdict is what a client is granted of a place.
type Verdict int

// The verdicts, each more than the one before.
const (
	Denied Verdict = iota
	RowsOnly
	Granted
)

// Decide returns the most that any rule grants at path.
func (c *Client) Decide(ring string, path []string) Verdict {
	best := Denied
	for _, r := range c.rules {
		if !r.covers(ring, path) {
			continue
		}
		if !r.rows {
			return Granted
		}
		best = RowsOnly
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

// Places returns where in a ring the client's rules begin, each as far as it is known without
// a scope's id.
func (c *Client) Places(ring string) (paths [][]string) {
	for i := range c.rules {
		r := &c.rules[i]
		if !r.covers(ring, r.path) {
			continue
		}
		path := r.path
		if len(path) > 0 {
			if _, ok := wildcard(path[0]); ok {
				path = nil
			}
		}
		paths = append(paths, path)
	}
	return paths
}
