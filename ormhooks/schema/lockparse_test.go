package schema_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
)

func TestALockIsWhatItWasMadeOf(t *testing.T) {
	s := must(t, RichPatient{}, RichVisit{})
	require.NoError(t, s.CheckLock(s.Lock()))
	lock := string(s.Lock())
	require.NoError(t, s.CheckLock([]byte(strings.ReplaceAll(lock, "\n", "\r\n"))), "as Git checks it out elsewhere")
	require.True(t, strings.HasSuffix(lock, "}\n"))
}

func TestLocksThatCannotBeRead(t *testing.T) {
	s := must(t, RichVisit{})
	lock := string(s.Lock())
	const malformed = "cellseal: cell.lock: malformed JSON, unknown fields or trailing data: restore it from the repository"
	for name, c := range map[string]struct{ lock, says string }{
		"empty":           {"", malformed},
		"no JSON":         {"cell.lock", malformed},
		"a list":          {"[]", malformed},
		"a conflict":      {"<<<<<<< HEAD\n" + lock, malformed},
		"cut off":         {lock[:len(lock)-3], malformed},
		"two of them":     {lock + lock, malformed},
		"unknown field":   {strings.Replace(lock, `"mode"`, `"colour": "red", "mode"`, 1), malformed},
		"unknown part":    {strings.Replace(lock, `"columns"`, `"scopes": {}, "columns"`, 1), malformed},
		"wrong type":      {strings.Replace(lock, `"bits": 256`, `"bits": "256"`, 1), malformed},
		"too large":       {lock + strings.Repeat(" ", 16<<20), "bytes, at most 16777216 are read: restore it from the repository"},
		"no version":      {"{}", "cellseal: cell.lock: it has version 0, and this version of the library reads 1"},
		"a later version": {strings.Replace(lock, `"cell.lock": 1`, `"cell.lock": 2, "more": []`, 1), "cellseal: cell.lock: it has version 2, and this version of the library reads 1"},
	} {
		err := s.CheckLock([]byte(c.lock))
		require.ErrorContains(t, err, c.says, name)
		require.False(t, errors.As(err, new(*schema.LockError)), name)
	}
}

func TestAnEditedLockIsNoticed(t *testing.T) {
	s := must(t, RichVisit{})
	lock := string(s.Lock())
	for old, edited := range map[string]string{
		`"type": "varchar(80)"`:         `"type": "varchar(80) or so"`,
		`"types": "varchar(80)"`:        `"types": ""`,
		`"shows": "the value's length"`: `"shows": "nothing"`,
		`"visits.note"`:                 `"visits.notes"`,
		`"bits": 256`:                   `"bits": 255`,
		`"compartment": "default"`:      `"compartment": ""`,
		`"label": "i:note/exact"`:       `"label": ""`,
		`"unique": "partial"`:           `"unique": "perhaps"`,
	} {
		edited := strings.Replace(lock, old, edited, 1)
		require.NotEqual(t, lock, edited, old)
		require.ErrorContains(t, s.CheckLock([]byte(edited)), "the schema differs from cell.lock", old)
	}
}

// What a tired developer reads.
func TestALockErrorReadsWell(t *testing.T) {
	changed := locked()
	changed.Columns[email].Compartment = "mail"
	changed.Columns[debt].Type = "numeric(12,2)"
	changed.Columns[debt].Pad = 0
	changed.Indexes[emailIndex].Columns[0].Transforms = nil
	changed.Columns = append(changed.Columns, &schema.Column{Name: "notes", Mode: schema.ModeSeal, Type: "text"})
	err := must(t, changed).CheckLock(must(t, locked()).Lock())
	require.EqualError(t, err, `cellseal: the schema differs from cell.lock:
  patients.debt: the database shows more than before (now: the value's length)
    if that is meant, record it with CELLSEAL_LOCK=accept go test
  patients.email: stored cells become unreadable (compartment: default → mail)
    take the change back, and keep the logical name of what was only renamed with name=; or declare a new column this way, copy the values to it through the application, drop the old one, and record it with CELLSEAL_LOCK=accept go test
  patients.notes: new (a column)
    record it with CELLSEAL_LOCK=record go test, and seal what the column holds already, if anything
  patients.debt+email__eq: what is stored is not affected (types: numeric(10,2)+text → numeric(12,2)+text)
    record it with CELLSEAL_LOCK=record go test
  patients.email__eq: stored rows are no longer found (label: i:email/exact/trim.v1 → i:email/exact)
    take the change back; or fill the index anew, and record it with CELLSEAL_LOCK=accept go test`)
}
