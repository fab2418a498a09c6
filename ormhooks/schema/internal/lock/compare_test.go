package lock

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	aColumn = Column{Mode: "seal", Type: "numeric(10,2)", Scope: "tenant(clinic uuid)", Compartment: "default", Bind: "id uuid", Alphabet: "digits(0123456789)", Keep: true, Text: true, Pad: 16, Null: true, Shows: "something"}
	anIndex = Index{Label: "i:email/exact", Types: "numeric(10,2)", Scope: "tenant(clinic uuid)", Bits: 64, Doc: 8, Scale: 2, Unique: Full, Group: "patients.email + bills.payer", Shows: "something"}
)

// A field that is added to an entry must be in the two above and is then covered.
func TestEveryFieldOfAnEntryIsCompared(t *testing.T) {
	old := file(aColumn, anIndex)
	require.Empty(t, Compare(old, old))
	for i := range reflect.TypeFor[Column]().NumField() {
		changed := aColumn
		name := change(t, reflect.ValueOf(&changed).Elem(), i)
		changes := Compare(old, file(changed, anIndex))
		require.NotEmpty(t, changes, name)
		require.Equal(t, "patients.email", changes[0].What)
		require.NotEmpty(t, changes[0].Detail, name)
		require.Equal(t, map[string]string{
			"mode": Unreadable, "type": Unreadable, "scope": Unreadable, "compartment": Unreadable, "bind": Unreadable,
			"alphabet": Unreadable, "keep": Unreadable, "text": Unreadable, "pad": LeaksMore, "null": Harmless, "shows": Harmless,
		}[name], changes[0].Effect, name)
	}
	for i := range reflect.TypeFor[Index]().NumField() {
		changed := anIndex
		name := change(t, reflect.ValueOf(&changed).Elem(), i)
		changes := Compare(old, file(aColumn, changed))
		require.NotEmpty(t, changes, name)
		require.Equal(t, "patients.email__eq", changes[0].What)
		require.NotEmpty(t, changes[0].Detail, name)
		require.Equal(t, map[string]string{
			"label": Unfindable, "types": Unfindable, "scope": Unfindable, "bits": Unfindable, "doc": Unfindable, "scale": Unfindable, "unique": LeaksMore, "group": LeaksLess, "shows": Harmless,
		}[name], changes[0].Effect, name)
	}
}

func file(c Column, x Index) File {
	f := New()
	f.Columns["patients.email"], f.Indexes["patients.email__eq"] = c, x
	return f
}

// change alters field i, which must be set, and returns its name in the file.
func change(t *testing.T, entry reflect.Value, i int) string {
	f := entry.Field(i)
	require.False(t, f.IsZero(), entry.Type().Field(i).Name)
	f.SetZero()
	name, _, _ := strings.Cut(entry.Type().Field(i).Tag.Get("json"), ",")
	return name
}

func TestAFileIsWhatWasWritten(t *testing.T) {
	f := file(aColumn, anIndex)
	again, err := Parse(f.Marshal())
	require.NoError(t, err)
	require.Equal(t, f, again)
	require.Contains(t, string(file(Column{Alphabet: "odd(<>&)"}, anIndex).Marshal()), `"odd(<>&)"`)
}

func TestSizesThatLookUpsRoundTo(t *testing.T) {
	for _, c := range []struct {
		old, now string
		same     bool
	}{
		{"text", "text", true},
		{"text", "varchar(9)", true},
		{"varchar(9)", "varchar(4)", true},
		{"numeric(10,2)", "numeric(10,2)", true},
		{"numeric(10,2)", "numeric(6,2)", true},
		{"numeric(10,2)", "numeric(10,4)", true},
		{"numeric(10,2)", "decimal", true},
		{"numeric(10,2)", "numeric(10,1)", false},
		{"decimal", "numeric(10,2)", false},
		{"timestamp(6)", "time", true},
		{"timestamp(6)", "timestamp(9)", true},
		{"timestamp(6)", "timestamp(3)", false},
		{"time", "timestamp(9)", true},
		{"text", "bytes", false},
		{"text", "text+text", false},
		{"text+decimal", "text+numeric(1,1)", false},
		{"text+numeric(1,1)", "varchar(1)+decimal", true},
		{"nonsense", "nonsense", false},
		{"text", "nonsense", false},
	} {
		require.Equal(t, c.same, sameTerms(c.old, c.now), "%s → %s", c.old, c.now)
	}
}
