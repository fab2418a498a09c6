package keyservice

import "context"

// Held is how many subtrees and rows are in memory.
func (c *Client) Held() (subtrees, rows int) {
	h := &c.s.cache
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, of := range h.rows {
		rows += len(of.rows)
	}
	if rows != h.held {
		panic("the rows held were counted wrongly")
	}
	return len(h.subtrees), rows
}

// Decide is what a policy says of a place: a grain, "" or, to whom it does not name, "nobody".
func (p *Policy) Decide(identity, ring string, path []string) string {
	c := p.client([]string{identity})
	if c == nil {
		return "nobody"
	}
	return map[verdict]string{denied: "", rowsOnly: grainRow, granted: grainSubtree}[c.decide(ring, path)]
}

// AsPeer is a request's context when it comes over a Unix socket from a user.
func AsPeer(ctx context.Context, uid uint32) context.Context {
	return context.WithValue(ctx, peerKey, peer{uid: uid})
}
