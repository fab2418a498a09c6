package keyservice

import "github.com/cellseal/cellseal/keys/keyservice/internal/policy"

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
// how long the client may go on without asking, 300 if it is left out: so long at most a service that is
// cut off from it is not missed, a revocation put off, and a scope used that was destroyed.
type Policy struct{ p *policy.Policy }

// ParsePolicy reads a policy file, of at most 1 MiB, and refuses all of it if anything in it is
// not understood. Its errors say the line or the client and rule, and what to write instead.
func ParsePolicy(data []byte) (*Policy, error) {
	p, err := policy.Parse(data)
	if err != nil {
		return nil, err
	}
	return &Policy{p}, nil
}
