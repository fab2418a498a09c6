package keyservice

import (
	"time"

	"github.com/cellseal/cellseal/internal/tree"
)

// What crosses the wire: one POST of JSON for each question, over HTTP/1.1. Both sides read
// strictly, so a change of these types is another version in the paths.
const (
	opSubtree  = "/v1/subtree"
	opRows     = "/v1/rows"
	opRevision = "/v1/revision"
	opReload   = "/v1/reload"
)

// The bounds that both sides keep.
const (
	// MaxRows is how many rows one request asks for at most; a [Client] cuts larger batches.
	MaxRows = 1000
	// MaxRowID is the longest row identity, in bytes.
	MaxRowID = 4096

	maxBatch   = 512 << 10 // of a request's row identities, in bytes
	maxRequest = 1 << 20   // of a request, which base64 makes larger by a third
	maxAnswer  = 16 << 20  // of an answer: MaxRows under 128 enabled keys
)

// subtreeRequest asks for the node of one place under every enabled key.
type subtreeRequest struct {
	Ring string   `json:"ring"`
	Path []string `json:"path"`
}

// subtreeAnswer holds it as a grant at rest does.
type subtreeAnswer struct {
	Subtree tree.Subtree `json:"subtree"`
	terms
}

// rowsRequest asks for the keys of single rows of a compartment.
type rowsRequest struct {
	Path []string `json:"path"`
	Rows [][]byte `json:"rows"`
}

// rowsAnswer holds them one after the other, in the order they were asked for: for each row
// and each of the ids 96 bytes.
type rowsAnswer struct {
	IDs   []uint32 `json:"ids"` // of the enabled keys, the primary's first
	Known int      `json:"known"`
	Keys  []byte   `json:"keys"`
	terms
}

// terms are what is said along with every key.
type terms struct {
	Keep     int    `json:"keep_seconds"` // how long at most it may be kept
	Revision string `json:"revision"`
}

func (t terms) keep() time.Duration { return time.Duration(t.Keep) * time.Second }

// revisionAnswer says under which policy and keys the client now is. A client that has
// something in memory asks every few seconds, and forgets it all when the answer changes.
type revisionAnswer struct {
	Revision string `json:"revision"`
}

// reloadRequest asks whether the service holds a key, which may make it load its ring anew.
type reloadRequest struct {
	Key uint32 `json:"key"`
}

type reloadAnswer struct {
	Known bool `json:"known"`
}

// refusal is the answer to what is not granted.
type refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Retry   int64  `json:"retry_after_ms,omitempty"`
	Most    int    `json:"most,omitempty"` // of rows at once
}

// The codes of refusals.
const (
	codeBad     = "bad_request"
	codeUnknown = "unknown_client" // whoever asks is nobody the policy names
	codeDenied  = "denied"
	codeRows    = "rows_only"
	codeRate    = "rate"
	codeBusy    = "busy"
	codeGone    = "destroyed"     // the scope's secrets were
	codeNoScope = "unknown_scope" // it has none yet
	codeDown    = "unavailable"
)
