package keyservice

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/strictjson"
	"github.com/cellseal/cellseal/internal/tree"
)

// maxPolicy is the largest policy file, in bytes.
const maxPolicy = 1 << 20

type policyFile struct {
	Version int            `json:"cellseal-policy"`
	Clients []policyClient `json:"clients"`
}

type policyClient struct {
	Name       string       `json:"name"`
	Identities []string     `json:"identities"`
	Rate       policyRate   `json:"rate"`
	Keep       int          `json:"keep_seconds"`
	Rules      []policyRule `json:"rules"`
}

type policyRate struct {
	Rows  float64 `json:"rows_per_second"`
	Burst int     `json:"burst"`
}

type policyRule struct {
	Path  []string `json:"path"`
	Can   []string `json:"can"`
	Grain string   `json:"grain"`
}

const (
	defaultKeep = 300
	maxKeep     = 24 * 60 * 60
	maxRate     = 1_000_000
)

// ParsePolicy reads a policy file, of at most 1 MiB, and refuses all of it if anything in it is
// not understood. Its errors say the line or the client and rule, and what to write instead.
func ParsePolicy(data []byte) (*Policy, error) {
	var f policyFile
	if err := strictjson.Decode(data, maxPolicy, &f); err != nil {
		var at *strictjson.Error
		if errors.As(err, &at) {
			return nil, fmt.Errorf("cellseal/keyservice: policy, line %d: malformed, or a field that is unknown, written twice or of another type", at.Line(data))
		}
		return nil, fmt.Errorf("cellseal/keyservice: policy: %w", err)
	}
	if f.Version != 1 || f.Clients == nil {
		return nil, errors.New(`cellseal/keyservice: policy: want {"cellseal-policy": 1, "clients": […]}`)
	}
	p := &Policy{s: &policyState{clients: map[string]*client{}}}
	names := map[string]bool{}
	for i := range f.Clients {
		c, err := newClient(&f.Clients[i])
		switch {
		case err != nil:
		case names[c.name]:
			err = errors.New("another client has this name")
		}
		if err != nil {
			return nil, fmt.Errorf("cellseal/keyservice: policy, client %d (%q): %w", i+1, f.Clients[i].Name, err)
		}
		names[c.name] = true
		for _, id := range f.Clients[i].Identities {
			if p.s.clients[id] != nil {
				return nil, fmt.Errorf("cellseal/keyservice: policy, client %q: its identity %s stands in the file twice", c.name, id)
			}
			p.s.clients[id] = c
		}
	}
	return p, nil
}

var clientName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

func newClient(f *policyClient) (*client, error) {
	switch {
	case !clientName.MatchString(f.Name):
		return nil, errors.New("name: want 1 to 64 of A-Z a-z 0-9 _ . -")
	case len(f.Identities) == 0:
		return nil, errors.New(`identities: name at least one, such as "dns:billing.internal" or "uid:1001"`)
	case !(f.Rate.Rows > 0 && f.Rate.Rows <= maxRate) || f.Rate.Burst < 1 || f.Rate.Burst > maxRate:
		return nil, fmt.Errorf(`rate: want {"rows_per_second": …, "burst": …}, both above 0 and at most %d; burst is the largest batch`, maxRate)
	case f.Keep < 0 || f.Keep > maxKeep:
		return nil, fmt.Errorf("keep_seconds: want 1 to %d, or 0 for %d", maxKeep, defaultKeep)
	case len(f.Rules) == 0:
		return nil, errors.New("rules: without any it is granted nothing: leave the client out")
	}
	c := &client{name: f.Name, rate: f.Rate.Rows, burst: f.Rate.Burst, keep: f.Keep}
	if c.keep == 0 {
		c.keep = defaultKeep
	}
	for _, id := range f.Identities {
		if err := checkIdentity(id); err != nil {
			return nil, err
		}
	}
	for i := range f.Rules {
		r, err := newRule(&f.Rules[i])
		if err != nil {
			return nil, fmt.Errorf("rule %d: %w", i+1, err)
		}
		c.rules = append(c.rules, r)
	}
	var err error
	c.text, err = json.Marshal(f)
	return c, err
}

func checkIdentity(id string) error {
	kind, of, _ := strings.Cut(id, ":")
	switch kind {
	case "uid":
		if n, err := strconv.ParseUint(of, 10, 32); err == nil && strconv.FormatUint(n, 10) == of {
			return nil
		}
	case "dns":
		if of != "" && of == strings.ToLower(of) && !strings.ContainsAny(of, "*/: \t\r\n") {
			return nil
		}
	case "uri":
		if strings.Contains(of, ":") && !strings.ContainsAny(of, "* \t\r\n") {
			return nil
		}
	}
	return fmt.Errorf(`identity %q: want "uid:" and a number, "dns:" and a name in lower case, or "uri:" and a URI, without wildcards`, id)
}

func newRule(f *policyRule) (r rule, err error) {
	if f.Path == nil {
		return r, errors.New(`path: name a place, such as ["t:patients", "c:default"]; all there is is []`)
	}
	can := map[string]bool{}
	for _, what := range f.Can {
		if !slices.Contains([]string{canSeal, canOpen, canIndex}, what) || can[what] {
			return r, fmt.Errorf(`can: want some of "%s", "%s" and "%s", each once`, canSeal, canOpen, canIndex)
		}
		can[what] = true
	}
	r = rule{path: f.Path, cells: can[canSeal], index: can[canIndex]}
	switch {
	case len(can) == 0:
		return r, fmt.Errorf(`can: want some of "%s", "%s" and "%s"`, canSeal, canOpen, canIndex)
	case can[canSeal] != can[canOpen]:
		// The place where keys that do one of the two will come in: cells sealed to a public key.
		return r, errors.New(`can: "seal" and "open" are granted together: the key of a cell is symmetric and does both, so a file that allowed one would promise what no key keeps`)
	}
	switch f.Grain {
	case grainSubtree:
	case grainRow:
		if r.rows = true; r.index {
			return r, errors.New(`grain "row" is of cells: an index has no rows, so grant it by a rule of its own with grain "subtree"`)
		}
	default:
		return r, fmt.Errorf(`grain: want "%s" or "%s"`, grainSubtree, grainRow)
	}
	for ring, granted := range map[string]bool{tree.Cells: r.cells, tree.Index: r.index} {
		if !granted {
			continue
		}
		if _, err := tree.Check(ring, f.Path); err != nil {
			return r, fmt.Errorf("path: %w", err)
		}
	}
	return r, nil
}
