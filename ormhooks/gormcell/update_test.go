package gormcell_test

import (
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

var updating = map[string]func(w *world){
	"Save": func(w *world) {
		p := w.add("ann", "bob")[0]
		p.Email, p.SSN, p.Notes = email("eve"), "new "+secret, nil
		w.ok(w.Save(p))
		w.same(p)
		require.EqualValues(w.T, 0, w.count("email = ?", email("ann")))
		require.EqualValues(w.T, 1, w.count("email = ?", email("eve")))
	},
	"Save of a row that is not there": func(w *world) {
		p := patient("ann")
		w.ok(w.Save(p))
		w.same(p)
		d := doctor("ann")
		w.ok(w.Save(d))
		d.Name = "Dr Bob " + secret
		w.ok(w.Save(d))
		var got Doctor
		w.ok(w.First(&got, "name = ?", d.Name))
		require.Equal(w.T, d.ID, got.ID)
	},
	"Save of a slice": func(w *world) {
		all := w.add("ann", "bob")
		all[0].SSN, all[1].SSN = "a "+secret, "b "+secret
		tx := w.Save(all) // an upsert: see "UpdateAll by the bound key"
		if w.dialect == "mysql" {
			w.refused(tx, "sealed for the new row into the old one")
			return
		}
		w.ok(tx)
		w.same(all[0])
		w.same(all[1])
	},
	"Update": func(w *world) {
		all := w.add("ann", "bob")
		w.ok(w.Model(all[0]).Update("email", email("eve")))
		require.Equal(w.T, email("eve"), all[0].Email)
		w.same(all[0])
		w.same(all[1])
		require.EqualValues(w.T, 1, w.count("email = ?", email("eve")))
	},
	"Update with Where": func(w *world) {
		all := w.add("ann", "bob")
		tx := w.ok(w.Model(&Patient{}).Where("email = ?", email("ann")).Update("ssn", "new "+secret))
		require.EqualValues(w.T, 1, tx.RowsAffected)
		all[0].SSN = "new " + secret
		w.same(all[0])
		w.same(all[1])
	},
	"Update of many rows": func(w *world) {
		all := w.add("ann", "bob", "cyd")
		tx := w.ok(w.Model(&Patient{}).Where("ward = ?", "A").Update("ssn", "new "+secret))
		require.EqualValues(w.T, 3, tx.RowsAffected)
		for _, p := range all {
			p.SSN = "new " + secret
			w.same(p)
		}
		require.EqualValues(w.T, 3, w.count("ssn = ?", "new "+secret))
	},
	"Updates with a struct": func(w *world) {
		p := w.add("ann")[0]
		w.ok(w.Model(p).Updates(Patient{SSN: "new " + secret, Weight: 80, Tags: []string{secret}}))
		p.SSN, p.Weight, p.Tags = "new "+secret, 80, []string{secret}
		w.same(p)
	},
	"Updates with a map": func(w *world) {
		p := w.add("ann")[0]
		w.ok(w.Model(p).Updates(map[string]any{"SSN": "new " + secret, "weight": 80, "Notes": nil, "home_street": "2 " + secret}))
		p.SSN, p.Weight, p.Notes, p.Address.Street = "new "+secret, 80, nil, "2 "+secret
		w.same(p)
	},
	"Updates of JSON with a map": func(w *world) {
		p := w.add("ann")[0]
		w.ok(w.Model(&Patient{}).Where("id = ?", p.ID).Updates(map[string]any{"tags": `["` + secret + `","x"]`}))
		p.Tags = []string{secret, "x"}
		w.same(p)
		w.refused(w.Model(p).Updates(map[string]any{"tags": []string{secret, "x"}}), "is set to an expression") // GORM makes (?,?) of it
	},
	"Updates with Select and Omit": func(w *world) {
		p := w.add("ann")[0]
		w.ok(w.Model(p).Select("SSN", "Notes").Updates(Patient{SSN: "new " + secret, Email: email("eve")}))
		var got Patient
		w.ok(w.First(&got, "email = ?", email("ann")))
		require.Equal(w.T, "new "+secret, got.SSN)
		require.Nil(w.T, got.Notes)
		w.ok(w.Model(&got).Omit("SSN").Updates(Patient{SSN: "other", Ward: "B"}))
		w.ok(w.First(&got, "email = ?", email("ann")))
		require.Equal(w.T, "new "+secret, got.SSN)
		require.Equal(w.T, "B", got.Ward)
		w.ok(w.Model(&got).Select("*").Updates(patientLike(got, "cyd")))
		require.EqualValues(w.T, 1, w.count("email = ?", email("cyd")))
	},
	"UpdateColumn and UpdateColumns": func(w *world) {
		p := w.add("ann")[0]
		w.ok(w.Model(p).UpdateColumn("ssn", "new "+secret))
		w.same(p)
		w.ok(w.Model(p).UpdateColumns(map[string]any{"email": email("eve"), "ward": "C"}))
		w.ok(w.Model(p).UpdateColumns(Patient{SSN: "newer " + secret}))
		w.same(p)
		require.EqualValues(w.T, 1, w.count("email = ?", email("eve")))
	},
	"Update to what another column holds": func(w *world) {
		p := w.add("ann")[0]
		w.refused(w.Model(p).Update("email", gorm.Expr("ssn")), "is set to an expression")
		w.refused(w.Model(p).Update("weight", gorm.Expr("weight + ?", 1)), "is set to an expression")
		w.same(p)
	},
	"Update of the key that cells are bound to": func(w *world) {
		p := w.add("ann")[0]
		next := uuid.New()
		w.ok(w.Model(&Patient{}).Where("email = ?", p.Email).Update("id", next))
		p.ID = next
		w.same(p)
	},
	"Update of a plain column": func(w *world) {
		p := w.add("ann")[0]
		w.ok(w.Model(p).Update("ward", gorm.Expr("lower(ward)")))
		p.Ward = "a"
		w.same(p)
	},
	"Update with a key of the database": func(w *world) {
		a, b := doctor("ann"), doctor("bob")
		w.ok(w.Create([]*Doctor{a, b}))
		w.ok(w.Model(a).Updates(map[string]any{"name": "Dr Eve " + secret, "licence": nil}))
		var got Doctor
		w.ok(w.First(&got, "name = ?", "dr eve "+secret))
		require.Equal(w.T, a.ID, got.ID)
		require.Nil(w.T, got.Licence)
		w.ok(w.Model(&Doctor{}).Where("ward = ?", "A").Update("name", "Dr Same "+secret))
		var all []Doctor
		w.ok(w.Find(&all, "name = ?", "Dr Same "+secret))
		require.Len(w.T, all, 2)
	},
	"Update and RETURNING": func(w *world) {
		if w.dialect == "mysql" {
			w.Skip("MySQL has no UPDATE … RETURNING")
		}
		w.add("ann")
		var got []Patient
		w.ok(w.Model(&got).Clauses(clause.Returning{Columns: []clause.Column{{Name: "id"}, {Name: "email"}}}).Where("email = ?", email("ann")).Update("ward", "B"))
		require.Equal(w.T, []string{"ann"}, names(got))
	},
}

// patientLike is another patient under got's key.
func patientLike(got Patient, name string) Patient {
	p := *patient(name)
	p.ID, p.CreatedAt, p.UpdatedAt = got.ID, got.CreatedAt, got.UpdatedAt
	return p
}

func (w *world) count(where string, args ...any) (n int64) {
	w.Helper()
	w.ok(w.Model(&Patient{}).Where(where, args...).Count(&n))
	return n
}
