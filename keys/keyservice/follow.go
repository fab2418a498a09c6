package keyservice

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/cellseal/cellseal/keys/keyservice/internal/policy"
)

// followEvery is how often a policy file is looked at.
const followEvery = time.Second

// ReadPolicy reads a policy file.
func ReadPolicy(path string) (*Policy, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return ParsePolicy(data)
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cellseal/keyservice: policy: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, policy.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("cellseal/keyservice: policy: %w", err)
	}
	return data, nil
}

// FollowPolicy looks at a policy file every second until ctx is done, and puts what it holds in use
// when that has changed. A file that is refused, half written or gone is logged once, and the
// policy that was stays.
func (h *Handler) FollowPolicy(ctx context.Context, path string) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	var last []byte
	gone := ""
	for {
		data, err := readFile(path)
		switch {
		case err != nil:
			if gone != err.Error() {
				gone = err.Error()
				h.s.log.Error("keyservice: policy not read; the one in use stays", "why", gone)
			}
		case last == nil || !bytes.Equal(data, last):
			last, gone = data, ""
			p, err := ParsePolicy(data)
			if err != nil {
				h.s.log.Error("keyservice: policy refused; the one in use stays", "why", err.Error())
				break
			}
			h.SetPolicy(p)
			h.s.log.Info("keyservice: policy in use")
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
