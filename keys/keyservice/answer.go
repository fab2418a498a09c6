package keyservice

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/keyservice/internal/policy"
)

func (c *call) subtree() (any, error) {
	var q subtreeRequest
	if err := c.decode(&q); err != nil {
		return nil, err
	}
	if q.Ring != tree.Cells && q.Ring != tree.Index {
		return nil, c.malformed(errors.New("want the ring cells or index"))
	}
	if _, err := tree.Check(q.Ring, q.Path); err != nil {
		return nil, c.malformed(err)
	}
	c.log = c.log.With("ring", q.Ring, "path", tree.Shown(q.Path))
	switch c.client.Decide(q.Ring, q.Path) {
	case policy.Denied:
		return nil, c.denied()
	case policy.RowsOnly:
		if err := c.alive(q.Path); err != nil {
			return nil, c.failed(err)
		}
		c.log.Info("keyservice: rows only")
		return nil, &refused{http.StatusForbidden, refusal{Code: codeRows, Message: "single rows of it are granted"}}
	}
	if err := c.take(1); err != nil {
		return nil, err
	}
	d, err := c.derive(c.ctx, q.Ring, q.Path)
	if err != nil {
		return nil, c.failed(err)
	}
	c.log.Info("keyservice: granted", "grain", policy.Subtree)
	return subtreeAnswer{tree.Write(d.Tree()), c.terms()}, nil
}

func (c *call) rows() (any, error) {
	var q rowsRequest
	if err := c.decode(&q); err != nil {
		return nil, err
	}
	level, err := tree.Check(tree.Cells, q.Path)
	switch {
	case err != nil:
		return nil, c.malformed(err)
	case level != tree.Leaf:
		return nil, c.malformed(errors.New("rows are in compartments: want a path that ends in one"))
	case len(q.Rows) == 0 || len(q.Rows) > MaxRows:
		return nil, c.malformed(fmt.Errorf("want 1 to %d rows", MaxRows))
	case slices.ContainsFunc(q.Rows, func(r []byte) bool { return len(r) == 0 || len(r) > MaxRowID }):
		return nil, c.malformed(fmt.Errorf("a row's identity has 1 to %d bytes", MaxRowID))
	}
	c.log = c.log.With("ring", tree.Cells, "path", tree.Shown(q.Path), "rows", len(q.Rows))
	if c.client.Decide(tree.Cells, q.Path) == policy.Denied {
		return nil, c.denied()
	}
	if err := c.take(len(q.Rows)); err != nil {
		return nil, err
	}
	found, err := c.rowKeys(q)
	if err != nil {
		return nil, c.failed(err)
	}
	closed := tree.ClosedOf(found[0].Tree())
	a := rowsAnswer{IDs: tree.IDs(closed), Known: tree.KnownIn(closed), terms: c.terms()}
	for _, k := range found {
		if !slices.Equal(a.IDs, tree.IDs(tree.ClosedOf(k.Tree()))) {
			return nil, c.failed(errors.New("the source has changed its keys in the middle of a batch"))
		}
		a.Keys = append(a.Keys, tree.RowSecrets(k.Tree())...)
	}
	c.log.Info("keyservice: granted", "grain", policy.Row)
	return a, nil
}

// alive is an error of a path's scope, which must not be hidden by the answer that its rows are given.
func (c *call) alive(path []string) error {
	if len(path) == 0 || !strings.HasPrefix(path[0], "s:") {
		return nil
	}
	_, err := c.derive(c.looking, tree.Cells, path[:1])
	return err
}

func (c *call) rowKeys(q rowsRequest) ([]*keys.RowKeys, error) {
	if source, ok := c.source.(keys.RowSource); ok {
		labels := make([]keys.Label, len(q.Path))
		for i, l := range q.Path {
			labels[i] = keys.Label(l)
		}
		found, err := source.Rows(c.ctx, labels, q.Rows)
		if err == nil && len(found) != len(q.Rows) {
			err = errors.New("the source has another number of rows than it was asked for")
		}
		return found, err
	}
	d, err := c.derive(c.ctx, tree.Cells, q.Path)
	if err != nil {
		return nil, err
	}
	found := make([]*keys.RowKeys, len(q.Rows))
	for i, row := range q.Rows {
		found[i] = d.Row(row)
	}
	return found, nil
}

func (c *call) revision() (any, error) {
	if err := c.decode(&struct{}{}); err != nil {
		return nil, err
	}
	return revisionAnswer{c.handlerState.revision(c.looking, c.client)}, nil
}

// reload tells whether a key is known by now. It costs a row, as it may make the service ask its
// own store.
func (c *call) reload() (any, error) {
	var q reloadRequest
	if err := c.decode(&q); err != nil {
		return nil, err
	}
	if c.knows(q.Key) {
		return reloadAnswer{true}, nil
	}
	if err := c.take(1); err != nil {
		return nil, err
	}
	if r, ok := c.source.(keys.Reloader); ok {
		if err := r.Reload(c.ctx, q.Key); err != nil && !errors.As(err, new(*keys.UnknownKeyError)) {
			return nil, c.failed(err)
		}
	}
	return reloadAnswer{c.knows(q.Key)}, nil
}

func (c *call) knows(id uint32) bool {
	return slices.Contains(c.ids(c.looking, c.client, tree.Cells), id) || slices.Contains(c.ids(c.looking, c.client, tree.Index), id)
}

func (c *call) terms() terms {
	return terms{c.client.Keep, c.handlerState.revision(c.looking, c.client)}
}

// take takes n rows out of the client's bucket, or none.
func (c *call) take(n int) error {
	now := time.Now()
	r := c.usage.bucket.ReserveN(now, n)
	if !r.OK() {
		c.log.Warn("keyservice: limited", "most", c.client.Burst)
		return &refused{http.StatusTooManyRequests, refusal{Code: codeRate, Message: "more rows at once than the policy allows", Most: c.client.Burst}}
	}
	wait := r.DelayFrom(now)
	if wait <= 0 {
		return nil
	}
	r.CancelAt(now)
	c.log.Warn("keyservice: limited", "wait", wait)
	return &refused{http.StatusTooManyRequests, refusal{Code: codeRate, Message: "more rows than the policy allows", Retry: wait.Milliseconds() + 1, Most: c.client.Burst}}
}

func (c *call) malformed(err error) error {
	c.log.Warn("keyservice: refused", "why", err.Error())
	return bad(http.StatusBadRequest, err.Error())
}

func (c *call) denied() error {
	c.log.Warn("keyservice: denied", "why", "no rule grants it")
	return &refused{http.StatusForbidden, refusal{Code: codeDenied, Message: "no rule of the policy grants it"}}
}

// failed is of trouble behind the service, whose text is for its log and not for its clients.
func (c *call) failed(err error) error {
	c.log.Error("keyservice: failed", "why", err.Error())
	switch {
	case errors.As(err, new(*keys.DeniedError)):
		return &refused{http.StatusForbidden, refusal{Code: codeDenied, Message: "the service does not hold it"}}
	case errors.As(err, new(*keys.DestroyedError)):
		return &refused{http.StatusGone, refusal{Code: codeGone, Message: "the scope was destroyed"}}
	case errors.As(err, new(*keys.UnknownScopeError)):
		return &refused{http.StatusNotFound, refusal{Code: codeNoScope, Message: "there is no such scope"}}
	}
	return err
}
