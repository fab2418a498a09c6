package tree

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// long returns a label of n bytes.
func long(prefix string, n int) string { return prefix + strings.Repeat("x", n-len(prefix)) }

// Every path says in which rings it may be walked, and to which level.
func TestPaths(t *testing.T) {
	const c, i, both = Cells, Index, "both"
	for _, row := range []struct {
		ring string
		path []string
		to   Level
	}{
		{both, nil, Root},
		{both, []string{"s:tenant/acme"}, Scope},
		{both, []string{"t:patients"}, Table},
		{both, []string{"s:tenant/acme", "t:patients"}, Table},
		{c, []string{"t:patients", "c:medical"}, Leaf},
		{c, []string{"s:tenant/acme", "t:patients", "c:medical"}, Leaf},
		{i, []string{"t:patients", "i:email/exact"}, Leaf},
		{i, []string{"s:tenant/acme", "t:patients", "i:email/exact"}, Leaf},

		// names
		{both, []string{"t:A_z09"}, Table},
		{both, []string{"t:_"}, Table},
		{both, []string{"t:0"}, Table},
		{c, []string{"t:t", "c:" + "c"}, Leaf},

		// scope ids are any text
		{both, []string{"s:tenant/a/b"}, Scope},
		{both, []string{"s:tenant//"}, Scope},
		{both, []string{"s:tenant/ "}, Scope},
		{both, []string{"s:tenant/t:patients"}, Scope},
		{both, []string{"s:patient/Zoë \u2028\x00\n"}, Scope},
		{both, []string{"s:id/6ba7b810-9dad-11d1-80b4-00c04fd430c8"}, Scope},

		// lengths
		{both, []string{long("s:tenant/", MaxLabel)}, Scope},
		{both, []string{long("t:", MaxLabel)}, Table},
		{c, []string{"t:t", long("c:", MaxLabel)}, Leaf},
		{i, []string{"t:t", "i:" + strings.Repeat("x", MaxLabel-8) + "/exact"}, Leaf},
	} {
		for _, ring := range []string{Cells, Index} {
			level, err := Check(ring, row.path)
			if row.ring == both || row.ring == ring {
				require.NoError(t, err, "%s %q", ring, row.path)
				require.Equal(t, row.to, level, "%s %q", ring, row.path)
			} else {
				require.ErrorContains(t, err, "label cannot stand here: the "+ring+" ring reads", "%q", row.path)
			}
		}
	}
}

func TestNoPaths(t *testing.T) {
	const here = "label cannot stand here"
	for says, paths := range map[string][][]string{
		"label without its letter": {{""}, {"patients"}, {"t:a", "medical"}, {"\x00"}},
		"label of 1025 bytes: at most 1024 are allowed": {
			{long("t:", MaxLabel+1)}, {long("s:tenant/", MaxLabel+1)}, {"t:a", long("c:", MaxLabel+1)}, {"t:a", long("i:", MaxLabel+1)}, {long("", MaxLabel+1)},
		},
		// order
		`a "s:" ` + here: {{"t:a", "s:tenant/acme"}, {"s:tenant/acme", "s:user/1"}, {"t:a", "c:b", "s:tenant/acme"}},
		`a "t:" ` + here: {{"t:a", "t:b"}, {"t:a", "c:b", "t:c"}, {"t:a", "i:b/exact", "t:c"}},
		`a "c:" ` + here: {{"c:a"}, {"s:tenant/acme", "c:a"}, {"t:a", "c:b", "c:c"}},
		`a "i:" ` + here: {{"i:a/exact"}, {"s:tenant/acme", "i:a/exact"}, {"t:a", "i:b/exact", "i:c/exact"}},
		`a "?:" ` + here: {{":a"}, {"T:a"}, {"x:a"}, {"tt:a"}, {" t:a"}, {"ſ:tenant/acme"}, {"t:a", "r:b"}},
		// names
		`table name "`:       {{"t:"}, {"t:a b"}, {"t:a-b"}, {"t:a.b"}, {"t:a/b"}, {"t:é"}, {"t:a\n"}, {"t:a\x00"}, {"t:a:b"}, {"t: a"}, {"t:１"}},
		`compartment name "`: {{"t:a", "c:"}, {"t:a", "c:a b"}, {"t:a", "c:a\n"}, {"t:a", "c:ä"}},
		// scopes
		"scope label: want kind/id":                     {{"s:"}, {"s:/"}, {"s:/acme"}, {"s:tenant"}, {"s:ten ant/acme"}, {"s:tenant\n/acme"}, {"s:tenänt/acme"}},
		"scope \"tenant\": its id must be non-empty":    {{"s:tenant/"}, {"s:tenant/\xff"}, {"s:tenant/a\xc3"}, {"s:tenant/\xed\xa0\x80"}},
		"index label: want columns/kind":                {{"t:a", "i:"}, {"t:a", "i:email"}, {"t:a", "i:email/exact/trim.v1/fold.v1"}},
		`column name ""`:                                {{"t:a", "i:/exact"}, {"t:a", "i:a+/exact"}, {"t:a", "i:+a/exact"}, {"t:a", "i:a++b/exact"}},
		`column name "a b"`:                             {{"t:a", "i:a b/exact"}},
		`column name "a;b"`:                             {{"t:a", "i:a;b/exact"}},
		`index kind "`:                                  {{"t:a", "i:a/"}, {"t:a", "i:a/Exact"}, {"t:a", "i:a/exact "}, {"t:a", "i:a/prefix"}, {"t:a", "i:a//fold.v1"}},
		"index without transforms: leave the last part": {{"t:a", "i:a/exact/"}, {"t:a", "i:a+b/exact/;"}},
		"index on 1 columns with 2 transform lists":     {{"t:a", "i:a/exact/fold.v1;fold.v1"}, {"t:a", "i:a/exact/;"}},
		"index on 2 columns with 1 transform lists":     {{"t:a", "i:a+b/exact/fold.v1"}, {"t:a", "i:a+b/exact/"}},
		"index on 2 columns with 3 transform lists":     {{"t:a", "i:a+b/exact/fold.v1;fold.v1;"}},
		`transform "`: {
			{"t:a", "i:a/exact/fold"}, {"t:a", "i:a/exact/fold.v0"}, {"t:a", "i:a/exact/fold.v01"}, {"t:a", "i:a/exact/fold.1"},
			{"t:a", "i:a/exact/fold.v"}, {"t:a", "i:a/exact/fold.v1+"}, {"t:a", "i:a/exact/+fold.v1"}, {"t:a", "i:a/exact/fold.v1 "},
			{"t:a", "i:a/exact/fold.v1\n"}, {"t:a", "i:a/exact/.v1"}, {"t:a", "i:a/exact/Fold.v1"}, {"t:a", "i:a/exact/last().v1"},
			{"t:a", "i:a/exact/last(4.v1"}, {"t:a", "i:a/exact/last4).v1"}, {"t:a", "i:a/exact/last(4)(4).v1"}, {"t:a", "i:a/exact/last(-4).v1"},
			{"t:a", "i:a/exact/(4).v1"}, {"t:a", "i:a/exact/last.v1(4)"}, {"t:a", "i:a+b/exact/fold.v1,fold.v1;trim.v1"},
		},
	} {
		for _, path := range paths {
			refused := 0
			for _, ring := range []string{Cells, Index} {
				level, err := Check(ring, path)
				require.Error(t, err, "%s %q", ring, path)
				require.Zero(t, level)
				if strings.Contains(err.Error(), says) {
					refused++
				}
			}
			require.NotZero(t, refused, "%q: neither ring says %s", path, says)
		}
	}
}

// FORMAT.md §2 freezes the kinds, built or not.
func TestIndexKinds(t *testing.T) {
	require.Equal(t, strings.Fields("exact smoothed words substring fuzzy sorted sum join sid pub"), Kinds)
	for _, k := range Kinds {
		_, err := Check(Index, []string{"t:a", "i:b/" + k})
		require.NoError(t, err)
	}
}

func TestIndexLabelsComeApart(t *testing.T) {
	for label, want := range map[string]struct {
		columns    []string
		kind       string
		transforms [][]string
	}{
		"i:mrn/exact":                          {[]string{"mrn"}, "exact", [][]string{nil}},
		"i:email/exact/trim.v1+fold.v1":        {[]string{"email"}, "exact", [][]string{{"trim.v1", "fold.v1"}}},
		"i:phone/words/last(4).v1":             {[]string{"phone"}, "words", [][]string{{"last(4).v1"}}},
		"i:name+city/exact":                    {[]string{"name", "city"}, "exact", [][]string{nil, nil}},
		"i:name+city/exact/fold.v1;fold.v1":    {[]string{"name", "city"}, "exact", [][]string{{"fold.v1"}, {"fold.v1"}}},
		"i:name+city/exact/;fold.v1":           {[]string{"name", "city"}, "exact", [][]string{nil, {"fold.v1"}}},
		"i:name+city/exact/fold.v1;":           {[]string{"name", "city"}, "exact", [][]string{{"fold.v1"}, nil}},
		"i:a+b+c/sum/x.v1+y(Z_9).v23;;last.v9": {[]string{"a", "b", "c"}, "sum", [][]string{{"x.v1", "y(Z_9).v23"}, nil, {"last.v9"}}},
		"i:a+a/exact":                          {[]string{"a", "a"}, "exact", [][]string{nil, nil}},
	} {
		columns, kind, transforms, err := ParseIndex(label)
		require.NoError(t, err, label)
		require.Equal(t, want.columns, columns, label)
		require.Equal(t, want.kind, kind, label)
		require.Equal(t, want.transforms, transforms, label)
		require.Equal(t, label, rebuild(columns, kind, transforms))

		s, err := NewSet(Index, []string{"t:t", label}, []Node{NewNode(1, new([Size]byte))}, 1)
		require.NoError(t, err)
		columns, kind, transforms = IndexParts(s)
		require.Equal(t, label, rebuild(columns, kind, transforms), "IndexParts")
	}
	for _, bad := range []string{"", "i", "mrn/exact", "c:default", "i:mrn", "i:mrn/other", "I:mrn/exact", "i:" + strings.Repeat("x", MaxLabel-7) + "/exact"} {
		columns, kind, transforms, err := ParseIndex(bad)
		require.Error(t, err, bad)
		require.Zero(t, columns)
		require.Zero(t, kind)
		require.Zero(t, transforms)
	}
}

// rebuild puts an index label together again, after FORMAT.md §2.
func rebuild(columns []string, kind string, transforms [][]string) string {
	label := "i:" + strings.Join(columns, "+") + "/" + kind
	some := false
	var lists []string
	for _, list := range transforms {
		some = some || len(list) > 0
		lists = append(lists, strings.Join(list, "+"))
	}
	if some {
		label += "/" + strings.Join(lists, ";")
	}
	return label
}

// What parses is the label's only reading, so two different indexes never share
// a node.
func FuzzParseIndex(f *testing.F) {
	f.Fuzz(func(t *testing.T, label string) {
		columns, kind, transforms, err := ParseIndex(label)
		_, walked := Check(Index, []string{"t:t", label})
		require.Equal(t, err == nil, walked == nil, "ParseIndex and Check disagree: %v, %v", err, walked)
		if err == nil {
			require.Len(t, transforms, len(columns))
			require.Equal(t, label, rebuild(columns, kind, transforms))
		}
	})
}

// No label at any level panics, passes unchecked, or stands in two places.
func FuzzLabel(f *testing.F) {
	places := map[string][]string{"root": nil, "scope": {"s:k/i"}, "table": {"t:t"}}
	f.Fuzz(func(t *testing.T, label string) {
		stands := map[Level]bool{}
		for _, ring := range []string{Cells, Index} {
			for _, above := range places {
				level, err := Check(ring, append(above[:len(above):len(above)], label))
				if err != nil {
					continue
				}
				stands[level] = true
				require.True(t, len(label) >= 3 && len(label) <= MaxLabel && label[1] == ':')
				require.Equal(t, map[byte]Level{'s': Scope, 't': Table, 'c': Leaf, 'i': Leaf}[label[0]], level)
				if level == Table || label[0] == 'c' {
					require.True(t, IsName(label[2:]))
				}
				if level == Scope {
					kind, id, _ := strings.Cut(label[2:], "/")
					require.True(t, IsName(kind) && id != "")
				}
			}
		}
		require.LessOrEqual(t, len(stands), 1)
	})
}
