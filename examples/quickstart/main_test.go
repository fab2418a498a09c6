package main

import (
	"bytes"
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// The story is told to its end, and the file it leaves behind holds no plaintext.
func TestQuickstart(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, run(context.Background(), &out, dir))
	for _, want := range []string{
		"300 patients of two clinics written",
		`Siobhán O'Brien, born 8 November 1979, stored as "Siobhan.OBrien@Mail.Example.com" and "(212) 555-0147"`,
		"looked for in the file's",
		" bytes: 0 found.",
		"300 rows sealed again",
		"all 300 rows open without it",
		"patients.notes: key",
		"patients.ssn: key",
		"patients.name: key",
	} {
		require.Contains(t, out.String(), want)
	}

	patients, err := readCSV()
	require.NoError(t, err)
	require.Len(t, patients, 300)
	db, err := sql.Open("sqlite", filepath.Join(dir, "patients.db"))
	require.NoError(t, err)
	defer db.Close()
	for _, p := range patients[:20] {
		celltest.AssertSealed(t, db, p.Name, p.Email, p.Phone, p.SSN)
	}
}

func TestDeclarationIsLocked(t *testing.T) {
	schema, err := ormhooks.NewSchema(Patient{})
	require.NoError(t, err)
	celltest.Lock(t, schema, "cell.lock")
}
