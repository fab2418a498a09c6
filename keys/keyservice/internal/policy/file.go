package policy

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

// MaxSize is the largest policy file, in bytes.
const MaxSize = 1 << 20

type file struct {
	Version int          `json:"cellseal-policy"`
	Clients []fileClient `json:"clients"`
}

type fileClient struct {
	Name       string     `json:"name"`
	Identities []string   `json:"identities"`
	Rate       fileRate   `json:"rate"`
	Keep       int        `json:"keep_seconds"`
	Rules      []fileRule `json:"rules"`
}

type fileRate struct {
	Rows  float64 `json:"rows_per_second"`
	Burst int     `json:"burst"`
}

type fileRule struct {
	Path  []string `json:"path"`
	Can   []string `json:"can"`
	Grain string   `json:"grain"`
}

const (
	defaultKeep = 300
	maxKeep     = 24 * 60 * 60
	maxRate     = 1_000_000
)

// Parse reads a policy file, and refuses all of it if anything in it is not understood.
func Parse(data []byte) (*Policy, error) {
	var f file
	if err := strictjson.Decode(data, MaxSize, &f); err != nil {
		var at *strictjson.Error
		if errors.As(err, &at) {
			return nil, fmt.Errorf("cellseal/keyservice: policy, line %d: malformed, or a field that is unknown, written twice or of another type", at.Line(data))
		}
		return nil, fmt.Errorf("cellseal/keyservice: policy: %w", err)
	}
	if f.Version != 1 || f.Clients == nil {
		return nil, errors.New(`cellseal/keyservice: policy: want {"cellseal-policy": 1, "clients": […]}`)
	}
	p := &Policy{clients: map[string]*Client{}}
	names := map[string]bool{}
	for i := range f.Clients {
		c, err := newClient(&f.Clients[i])
		switch {
		case err != nil:
		case names[c.Name]:
			err = errors.New("another client has this name")
		}
		if err != nil {
			return nil, fmt.Errorf("cellseal/keyservice: policy, client %d (%q): %w", i+1, f.Clients[i].Name, err)
		}
		names[c.Name] = true
		for _, id := range f.Clients[i].Identities {
			if p.clients[id] != nil {
				return nil, fmt.Errorf("cellseal/keyservice: policy, client %q: its identity %s stands in the file twice", c.Name, id)
			}
			p.clients[id] = c
		}
	}
	return p, nil
}

var clientName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

func newClient(f *fileClient) (*Client, error) {
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
	c := &Client{Name: f.Name, Rate: f.Rate.Rows, Burst: f.Rate.Burst, Keep: f.Keep}
	if c.Keep == 0 {
		c.Keep = defaultKeep
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
	c.Text, err = json.Marshal(f)
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

func newRule(f *fileRule) (r rule, err error) {
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
	case Subtree:
	case Row:
		if r.rows = true; r.index {
			return r, errors.New(`grain "row" is of cells: an index has no rows, so grant it by a rule of its own with grain "subtree"`)
		}
	default:
		return r, fmt.Errorf(`grain: want "%s" or "%s"`, Subtree, Row)
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
