package keyservice_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys/keyservice"
)

func TestMalformedPoliciesAreRefused(t *testing.T) {
	sound := policyOf(`{
	"name": "billing",
	"identities": ["dns:billing.internal", "uid:1001"],
	"rate": {"rows_per_second": 200, "burst": 1000},
	"keep_seconds": 60,
	"rules": [
		{"path": ["t:invoices"], "can": ["seal", "open", "index"], "grain": "subtree"},
		{"path": ["s:tenant/*", "t:patients", "c:default"], "can": ["seal", "open"], "grain": "row"}
	]}`)
	_, err := keyservice.ParsePolicy([]byte(sound))
	require.NoError(t, err)
	_, err = keyservice.ParsePolicy([]byte(`{"cellseal-policy":1,"clients":[]}`))
	require.NoError(t, err, "nobody is somebody's policy")
	for name, c := range map[string]struct{ old, new, says string }{
		"another version":          {`"cellseal-policy": 1`, `"cellseal-policy": 2`, `want {"cellseal-policy": 1`},
		"no version":               {`"cellseal-policy": 1, `, ``, `want {"cellseal-policy": 1`},
		"no clients":               {sound, `{"cellseal-policy":1}`, `want {"cellseal-policy": 1`},
		"nothing":                  {sound, ``, "line 1"},
		"half a file":              {sound, sound[:len(sound)/2], "policy, line "},
		"more behind it":           {sound, sound + "{}", "line "},
		"a typo":                   {`"identities"`, `"identites"`, "line 3:"},
		"a typo below":             {`"rows_per_second"`, `"rows_per_minute"`, "line 4:"},
		"another case":             {`"grain": "row"`, `"Grain": "row"`, "line 8:"},
		"a field twice":            {`"keep_seconds": 60`, `"keep_seconds": 60, "keep_seconds": 6000`, "line 5:"},
		"a comma too many":         {`"row"}`, `"row"},`, "line 9:"},
		"another type":             {`60`, `"60"`, "line "},
		"no name":                  {`"name": "billing"`, `"name": ""`, `client 1 (""): name`},
		"a name with spaces":       {`"name": "billing"`, `"name": "bill ing"`, "name: want"},
		"no identities":            {`["dns:billing.internal", "uid:1001"]`, `[]`, "name at least one"},
		"no kind of identity":      {`uid:1001`, `user:1001`, "identity"},
		"a number with zeros":      {`uid:1001`, `uid:01001`, "identity"},
		"a negative number":        {`uid:1001`, `uid:-1`, "identity"},
		"a wildcard of hosts":      {`dns:billing.internal`, `dns:*.internal`, "identity"},
		"a host in upper case":     {`dns:billing.internal`, `dns:Billing.internal`, "identity"},
		"an identity twice":        {`uid:1001`, `dns:billing.internal`, "stands in the file twice"},
		"no rate":                  {`"rate": {"rows_per_second": 200, "burst": 1000},`, ``, "rate: want"},
		"a rate of nothing":        {`200`, `0`, "rate: want"},
		"a negative rate":          {`200`, `-1`, "rate: want"},
		"a boundless rate":         {`200`, `1e300`, "rate: want"},
		"no burst":                 {`, "burst": 1000`, ``, "rate: want"},
		"a long time":              {`60`, `86401`, "keep_seconds: want"},
		"a negative time":          {`60`, `-1`, "keep_seconds: want"},
		"no path":                  {`"path": ["t:invoices"], `, ``, "rule 1: path: name a place"},
		"a label of its own":       {`t:invoices`, `invoices`, "rule 1: path: label without its letter"},
		"a path that climbs":       {`t:invoices`, `t:../invoices`, "rule 1: path: table name"},
		"a wildcard of tables":     {`t:invoices`, `t:*`, "rule 1: path: table name"},
		"a compartment of both":    {`["t:invoices"]`, `["t:invoices","c:default"]`, "the index ring reads"},
		"nothing to do":            {`["seal", "open", "index"]`, `[]`, "rule 1: can: want some"},
		"another thing to do":      {`"index"]`, `"read"]`, "rule 1: can: want some"},
		"a thing twice":            {`"index"]`, `"open"]`, "each once"},
		"only seal":                {`["seal", "open"]`, `["seal"]`, "rule 2: can: \"seal\" and \"open\" are granted together"},
		"only open":                {`["seal", "open"]`, `["open"]`, "granted together"},
		"no grain":                 {`, "grain": "row"`, ``, "rule 2: grain: want"},
		"another grain":            {`"row"`, `"cell"`, "rule 2: grain: want"},
		"rows of an index":         {`["seal", "open"]`, `["index"]`, `grain "row" is of cells`},
		"rows of an index as well": {`"grain": "subtree"`, `"grain": "row"`, `grain "row" is of cells`},
		"no rules":                 {sound, policyOf(client("a", `"uid:1"`, 1, 1, "")), "without any it is granted nothing"},
		"a name twice":             {sound, policyOf(client("a", `"uid:1"`, 1, 1, allOfPatients) + "," + client("a", `"uid:2"`, 1, 1, allOfPatients)), "another client has this name"},
		"too large":                {sound, sound + strings.Repeat(" ", 1<<20), "at most 1048576"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, sound, c.old)
			_, err := keyservice.ParsePolicy([]byte(strings.Replace(sound, c.old, c.new, 1)))
			require.ErrorContains(t, err, "cellseal/keyservice: policy")
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestDecisions(t *testing.T) {
	p := parse(t, policyOf(client("a", `"uid:1"`, 1, 1, `
		{"path": ["t:orders"], "can": ["seal", "open"], "grain": "row"},
		{"path": ["t:orders", "c:public"], "can": ["seal", "open"], "grain": "subtree"},
		{"path": ["t:orders", "i:email/exact"], "can": ["index"], "grain": "subtree"},
		{"path": ["s:tenant/*", "t:notes"], "can": ["seal", "open"], "grain": "row"},
		{"path": ["s:tenant/7"], "can": ["seal", "open", "index"], "grain": "subtree"},
		{"path": ["s:lab/a/*"], "can": ["seal", "open"], "grain": "subtree"}`)+","+
		client("all", `"uid:2"`, 1, 1, `{"path": [], "can": ["index"], "grain": "subtree"}`)))
	for _, c := range []struct{ uid, ring, path, says string }{
		{"1", "cells", "t:orders c:default", "row"},
		{"1", "cells", "t:orders c:public", "subtree"},
		{"1", "cells", "t:orders", "row"},
		{"1", "cells", "", ""},
		{"1", "cells", "t:order c:public", ""},
		{"1", "cells", "t:orders2 c:public", ""},
		{"1", "cells", "s:tenant/8 t:orders c:public", ""},
		{"1", "index", "t:orders i:email/exact", "subtree"},
		{"1", "index", "t:orders i:email/exact/trim.v1", ""},
		{"1", "index", "t:orders", ""},
		{"1", "cells", "s:tenant/8 t:notes c:default", "row"},
		{"1", "cells", "s:tenant/* t:notes c:default", "row"},
		{"1", "cells", "s:tenant/8", ""},
		{"1", "cells", "s:tenants/8 t:notes c:default", ""},
		{"1", "cells", "s:tenant/7 t:notes c:default", "subtree"},
		{"1", "cells", "s:tenant/7", "subtree"},
		{"1", "cells", "s:tenant/77", ""},
		{"1", "index", "s:tenant/7 t:x i:a/exact", "subtree"},
		{"1", "cells", "s:lab/a/b t:x", ""}, // an id may end like a wildcard
		{"1", "cells", "s:lab/a/* t:x", "subtree"},
		{"2", "index", "", "subtree"},
		{"2", "index", "s:tenant/7 t:x i:a/exact", "subtree"},
		{"2", "cells", "t:x", ""},
	} {
		require.Equal(t, c.says, p.Decide("uid:"+c.uid, c.ring, strings.Fields(c.path)), "%+v", c)
	}
	require.Equal(t, "nobody", p.Decide("uid:3", "cells", nil))
}

func TestReadPolicy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.json")
	_, err := keyservice.ReadPolicy(file)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.WriteFile(file, []byte(clientFile(allOfPatients)), 0o600))
	_, err = keyservice.ReadPolicy(file)
	require.NoError(t, err)
}
