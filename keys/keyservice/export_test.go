package keyservice

import (
	"context"

	"github.com/cellseal/cellseal/keys/keyservice/internal/peer"
)

// Held is how many subtrees and rows are in memory.
func (c *Client) Held() (subtrees, rows int) { return c.s.memory.Held() }

// AsPeer is a request's context when it comes over a Unix socket from a user.
func AsPeer(ctx context.Context, uid uint32) context.Context { return peer.Over(ctx, uid) }

// Decide is what a policy says of a place: "subtree", "row", "" or, to whom it does not name, "nobody".
func (p *Policy) Decide(identity, ring string, path []string) string {
	c := p.p.Client([]string{identity})
	if c == nil {
		return "nobody"
	}
	return []string{"", "row", "subtree"}[c.Decide(ring, path)]
}
