package ormhooks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// A canary is sealed in every mode, updated and deleted; no byte of it is to be
// found in any database.
func TestNoPlaintextReachesADatabase(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createVault(t, db)
		createTable(t, db, "people", people{}, "UNIQUE (id)")
		createTable(t, db, "imprints", imprints{}, "UNIQUE (id)")
		texts, docs := newDoor(t, vault[string]{}), newDoor(t, jsonVault[address]{})
		persons, prints := newDoor(t, people{}), newDoor(t, imprints{})

		text, doc := &vault[string]{ID: 1}, &jsonVault[address]{ID: 2}
		for _, f := range fieldsOf[string](text) {
			f.Set("before " + canary + " after")
		}
		for _, f := range fieldsOf[address](doc) {
			f.Set(home)
		}
		p, print := person(1, canary+"@example.com", canary), imprinted(1)
		p.City.Set(canary)
		print.Bytes.Set([]byte(canary))
		print.Binary.Set(canary)
		print.Alnum.Set("CANARY0siobhan0o0neill")
		texts.seal(t, text)
		docs.seal(t, doc)
		persons.seal(t, p)
		prints.seal(t, print)
		insert(t, db, "vault", text)
		insert(t, db, "vault", doc)
		insert(t, db, "people", p)
		insert(t, db, "imprints", print)
		persons.seal(t, p)
		update(t, db, "people", p)
		db.Run(t, "DELETE FROM vault WHERE id = 2")

		canaries := []string{canary, "CANARY0siobhan0o0neill", "siobhan.o-neill@", "353 1 677"}
		celltest.AssertSealed(t, db.DB, canaries...)
		if db.Dialect == testdb.SQLite {
			require.Empty(t, celltest.Found(db.Bytes(t), canaries...))
			db.Run(t, "INSERT INTO vault (id, armoured, cellseal_row) VALUES (9, ?, x'00')", canary)
			require.NotEmpty(t, celltest.Found(db.Bytes(t), canary), "or this test could not fail")
		}
	})
}
