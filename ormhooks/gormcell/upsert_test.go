package gormcell_test

import (
	"github.com/stretchr/testify/require"
	"gorm.io/gorm/clause"
)

func columns(names ...string) []clause.Column {
	var all []clause.Column
	for _, name := range names {
		all = append(all, clause.Column{Name: name})
	}
	return all
}

// theirs is why an upsert is refused that may hit a row of another identity.
const theirs = "a cell that is sealed for the new row into the old one"

var upserting = map[string]func(w *world){
	"DoNothing": func(w *world) {
		p := w.add("ann")[0]
		again := *p
		again.SSN = "new " + secret
		w.ok(w.Clauses(clause.OnConflict{DoNothing: true}).Create(&again))
		w.same(p)
	},
	"UpdateAll by the bound key": func(w *world) {
		p := w.add("ann")[0]
		p.SSN, p.Email = "new "+secret, email("eve")
		both := []*Patient{p, patient("bob")}
		tx := w.Clauses(clause.OnConflict{UpdateAll: true}).Create(both)
		if w.dialect == "mysql" { // which would take email__eq for the conflict as well
			w.refused(tx, theirs)
			return
		}
		w.ok(tx)
		w.same(p)
		w.same(both[1])
		require.EqualValues(w.T, 1, w.count("email = ?", email("eve")))
		require.EqualValues(w.T, 0, w.count("email = ?", email("ann")))
	},
	"AssignmentColumns by the bound key": func(w *world) {
		p := w.add("ann")[0]
		next := *p
		next.SSN, next.Email = "new "+secret, email("eve")
		tx := w.Clauses(clause.OnConflict{Columns: columns("id"), DoUpdates: clause.AssignmentColumns([]string{"ssn", "ward"})}).Create(&next)
		if w.dialect == "mysql" {
			w.refused(tx, theirs)
			return
		}
		w.ok(tx)
		p.SSN = next.SSN
		w.same(p)
	},
	"Assignments by the bound key": func(w *world) {
		p := w.add("ann")[0]
		next := *p
		tx := w.Clauses(clause.OnConflict{Columns: columns("id"), DoUpdates: clause.Assignments(map[string]any{"ssn": "given " + secret})}).Create(&next)
		if w.dialect == "mysql" {
			w.refused(tx, theirs)
			return
		}
		w.ok(tx)
		p.SSN = "given " + secret
		w.same(p)
	},
	"by another column, which would seal under a new key": func(w *world) {
		p := w.add("ann")[0]
		next := patient("ann")
		w.refused(w.Clauses(clause.OnConflict{Columns: columns("email"), DoUpdates: clause.AssignmentColumns([]string{"ssn"})}).Create(next), theirs)
		w.same(p)
	},
	"by another column, with plain columns alone": func(w *world) {
		if w.dialect == "mysql" {
			w.Skip("MySQL names no conflict")
		}
		p := w.add("ann")[0]
		next := patient("ann")
		next.Ward = "Z"
		w.ok(w.Clauses(clause.OnConflict{Columns: columns("email"), DoUpdates: clause.AssignmentColumns([]string{"ward"})}).Create(next))
		p.Ward = "Z"
		w.same(p)
	},
	"UpdateAll with a row key": func(w *world) {
		d := doctor("ann")
		w.ok(w.Create(d))
		d.Name, d.Licence = "Dr Eve "+secret, nil
		w.ok(w.Clauses(clause.OnConflict{UpdateAll: true}).Create(d))
		var got Doctor
		w.ok(w.First(&got, d.ID))
		require.Equal(w.T, d.Name, got.Name)
		require.Nil(w.T, got.Licence)
	},
	"UpdateAll where the bound key is the only one": func(w *world) {
		r := &Record{Number: "a", Clinic: "north", Text: secret}
		w.ok(w.Create(r))
		r.Text = "new " + secret
		w.ok(w.Clauses(clause.OnConflict{UpdateAll: true}).Create(r))
		r.Text = "newer " + secret
		w.ok(w.Save([]*Record{r}))
		var got Record
		w.ok(w.First(&got, "number = ?", "a"))
		require.Equal(w.T, r.Text, got.Text)
	},
	"some columns with a row key": func(w *world) {
		d := doctor("ann")
		w.ok(w.Create(d))
		d.Name = "Dr Eve " + secret
		w.refused(w.Clauses(clause.OnConflict{Columns: columns("id"), DoUpdates: clause.AssignmentColumns([]string{"name"})}).Create(d), theirs)
	},
}
