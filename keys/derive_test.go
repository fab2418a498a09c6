package keys_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
)

var (
	acme     = keys.Scope("tenant", "acme")
	patients = keys.Table("patients")
	medical  = keys.Compartment("medical")
	email    = keys.Index("email", "exact", "trim.v1+fold.v1")
)

// FORMAT.md §2 in four lines: one HMAC per label, from the root down.
func byHand(roots []string, path ...keys.Label) (nodes []string) {
	for _, r := range roots {
		var id uint32
		var node []byte
		_, _ = fmt.Sscanf(r, "%d %x", &id, &node)
		for _, l := range path {
			h := hmac.New(sha256.New, node)
			h.Write(append([]byte{0}, l...))
			node = h.Sum(nil)
		}
		nodes = append(nodes, fmt.Sprintf("%d %x", id, node))
	}
	return nodes
}

func TestEveryLabelIsOneHMAC(t *testing.T) {
	r, _ := addKey(t, newRing(t))
	for _, path := range [][]keys.Label{nil, {acme}, {patients}, {acme, patients}, {patients, medical}, {acme, patients, medical}} {
		require.Equal(t, byHand(cells(t, r), path...), cells(t, r, path...))
	}
	for _, path := range [][]keys.Label{nil, {acme}, {patients}, {acme, patients}, {patients, email}, {acme, patients, email}} {
		require.Equal(t, byHand(index(t, r), path...), index(t, r, path...))
	}
}

// Wherever a path is cut in two, walking it in one go or in two is the same, and
// Source and Derived agree.
func TestDeriveInStepsIsDeriveAtOnce(t *testing.T) {
	r, _ := addKey(t, newRing(t))
	for ring, leaf := range map[string]keys.Label{"cells": medical, "index": email} {
		path := []keys.Label{acme, patients, leaf}
		whole, err := walks(r)[ring](t.Context(), path...)
		require.NoError(t, err)
		for cut := range len(path) + 1 {
			head, err := walks(r)[ring](t.Context(), path[:cut]...)
			require.NoError(t, err)
			d := head.Derive(path[cut:]...)
			require.Equal(t, secrets(whole), secrets(d))
			require.Equal(t, tree.Path(whole.Tree()), tree.Path(d.Tree()))
			require.Equal(t, tree.LevelOf(whole.Tree()), tree.LevelOf(d.Tree()))
			require.Equal(t, ring, tree.Ring(d.Tree()))
		}
	}
}

// Two children of one parent must not write into each other's path.
func TestSiblingsDoNotDisturbEachOther(t *testing.T) {
	root, err := newRing(t).Cells(t.Context(), acme)
	require.NoError(t, err)
	table := root.Derive(patients)
	path := []keys.Label{keys.Compartment("a")}
	a := table.Derive(path...)
	path[0] = keys.Compartment("b")
	b := table.Derive(path...)
	require.Equal(t, []string{"s:tenant/acme", "t:patients", "c:a"}, tree.Path(a.Tree()))
	require.Equal(t, []string{"s:tenant/acme", "t:patients", "c:b"}, tree.Path(b.Tree()))
	require.Equal(t, []string{"s:tenant/acme", "t:patients"}, tree.Path(table.Tree()))
	require.NotEqual(t, secrets(a), secrets(b))
}

func TestEveryPlaceHasItsOwnNode(t *testing.T) {
	r := newRing(t)
	seen := map[string]string{}
	for ring, leaves := range map[string][]keys.Label{
		"cells": {medical, keys.Compartment(keys.DefaultCompartment), keys.Compartment("patients")},
		"index": {email, keys.Index("email", "exact", ""), keys.Index("email+city", "exact", ""), keys.Index("email", "words", "")},
	} {
		for _, scope := range [][]keys.Label{nil, {acme}, {keys.Scope("tenant", "acme2")}, {keys.Scope("customer", "acme")}, {keys.Scope("tenant", "acme/1")}} {
			for _, table := range []keys.Label{patients, keys.Table("Patients"), keys.Table("medical")} {
				for _, leaf := range leaves {
					path := append(slices.Clone(scope), table, leaf)
					d, err := walks(r)[ring](t.Context(), path...)
					require.NoError(t, err)
					for _, s := range secrets(d) {
						require.Empty(t, seen[s[len(s)-64:]], "%s %s", ring, path)
						seen[s[len(s)-64:]] = fmt.Sprint(ring, path)
					}
				}
			}
		}
	}
	require.Len(t, seen, 5*3*(3+4))
}

func TestLabelsAreBuiltAsTheFormatSays(t *testing.T) {
	for want, got := range map[string]keys.Label{
		"s:tenant/acme":                        keys.Scope("tenant", "acme"),
		"s:tenant/a/b c:é":                     keys.Scope("tenant", "a/b c:é"),
		"t:patients":                           keys.Table("patients"),
		"c:default":                            keys.Compartment(keys.DefaultCompartment),
		"i:email/exact/trim.v1+fold.v1":        keys.Index("email", "exact", "trim.v1+fold.v1"),
		"i:phone/exact/last(4).v1":             keys.Index("phone", "exact", "last(4).v1"),
		"i:name+city/exact/fold.v1;fold.v1":    keys.Index("name+city", "exact", "fold.v1;fold.v1"),
		"i:mrn/exact":                          keys.Index("mrn", "exact", ""),
		"i:name+city/smoothed/;last(4).v12":    keys.Index("name+city", "smoothed", ";last(4).v12"),
		"i:a_1+B/exact/x(9).v1+y.v2;x(a_B).v3": keys.Index("a_1+B", "exact", "x(9).v1+y.v2;x(a_B).v3"),
	} {
		require.Equal(t, want, string(got))
	}
}

// Labels from outside the program go to a Source and give errors; in Derive they
// are the programmer's mistake. The grammar itself is tested in internal/tree.
func TestBadLabels(t *testing.T) {
	r := newRing(t)
	table, err := r.Cells(t.Context(), patients)
	require.NoError(t, err)
	const canary = "jane.doe@example.com"
	for name, c := range map[string]struct {
		below *keys.Derived
		path  []keys.Label
		says  string
	}{
		"bare text":         {table, []keys.Label{"medical"}, "label without its letter"},
		"a wrong letter":    {table, []keys.Label{email}, `a "i:" label cannot stand here: the cells ring reads [Scope] Table Compartment`},
		"below a leaf":      {table, []keys.Label{medical, medical}, `a "c:" label cannot stand here`},
		"a name with space": {table, []keys.Label{keys.Compartment("medical notes")}, `compartment name "medical notes"`},
		"a late scope":      {table, []keys.Label{keys.Scope("patient", canary)}, `a "s:" label cannot stand here`},
	} {
		t.Run(name, func(t *testing.T) {
			whole := append([]keys.Label{patients}, c.path...)
			d, err := r.Cells(t.Context(), whole...)
			require.ErrorContains(t, err, "cellseal/keys: ")
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), canary)
			require.Nil(t, d)
			require.PanicsWithValue(t, "cellseal/keys: Derive: "+strings.TrimPrefix(err.Error(), "cellseal/keys: "), func() { c.below.Derive(c.path...) })
		})
	}
}

// A scope's id may be the name of a person. However wrong the label around it
// is, no error and no denial repeats it.
func TestScopeIDsAreNeverQuoted(t *testing.T) {
	const canary = "jane.doe@example.com"
	r := newRing(t)
	g, err := keys.Grant(t.Context(), r, keys.CellTree(acme))
	require.NoError(t, err)
	for _, bad := range [][]keys.Label{
		{keys.Scope("tenant", canary), acme},
		{keys.Scope("tenant", canary), medical},
		{keys.Scope("tenant", canary), patients, email, medical},
		{patients, keys.Scope("tenant", canary)},
		{keys.Label("s:/" + canary)},
		{keys.Label("s:no name/" + canary)},
		{keys.Label("s:" + canary + "/kind and id exchanged")},
		{keys.Scope("tenant", canary+"\xff")},
		{keys.Scope("tenant", strings.Repeat(canary, 100))},
		{keys.Label("s:" + canary)},
		{keys.Label("s:jane")},
		{keys.Label(canary)},
		{keys.Label("tenant/" + canary + ":1")},
	} {
		for _, s := range []keys.Source{r, g} {
			for _, walk := range []walk{s.Cells, s.Index} {
				_, err := walk(context.Background(), bad...)
				require.Error(t, err, "%q", bad)
				require.NotContains(t, err.Error(), "jane", "%q", bad)
			}
		}
	}
}

// A slash in the kind would make Scope("a/b", "c") the scope Scope("a", "b/c").
func TestScopeKindMustBeAName(t *testing.T) {
	for _, kind := range []string{"", "a/b", "no name", "jane.doe@example.com"} {
		require.PanicsWithValue(t, "cellseal/keys: scope kind: want one or more of A-Z a-z 0-9 _", func() { keys.Scope(kind, "id") })
	}
}
