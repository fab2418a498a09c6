package gormcell_test

import (
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
)

// short is a DTO.
type short struct {
	ID    uuid.UUID
	Email string
	Notes *string
	Ward  string
}

var scanning = map[string]func(w *world){
	"Pluck": func(w *world) {
		w.add("ann", "bob")
		var emails []string
		w.ok(w.Model(&Patient{}).Pluck("email", &emails))
		require.ElementsMatch(w.T, []string{email("ann"), email("bob")}, emails)
		var notes []*string
		w.ok(w.Model(&Patient{}).Where("email = ?", email("ann")).Pluck("Notes", &notes))
		require.Equal(w.T, patient("ann").Notes, notes[0])
		var weights []float64
		w.ok(w.Table("patients").Pluck("weight", &weights))
		require.Equal(w.T, []float64{71.5, 71.5}, weights)
	},
	"Scan into a DTO": func(w *world) {
		p := w.add("ann")[0]
		want := short{p.ID, p.Email, p.Notes, p.Ward}
		var one short
		w.ok(w.Model(&Patient{}).Where("email = ?", p.Email).Scan(&one))
		require.Equal(w.T, want, one)
		var all []short
		w.ok(w.Model(&Patient{}).Find(&all))
		require.Equal(w.T, []short{want}, all)
		w.ok(w.Table("patients").Select("id, email, notes, ward").Where("ssn = ?", p.SSN).Scan(&all))
		require.Equal(w.T, []short{want}, all)
		var renamed struct{ Address string }
		w.ok(w.Model(&Patient{}).Select("email AS address").Take(&renamed))
		require.Equal(w.T, p.Email, renamed.Address)
	},
	"Scan into a single value": func(w *world) {
		p := w.add("ann")[0]
		var got string
		w.ok(w.Model(&Patient{}).Select("ssn").Where("id = ?", p.ID).Scan(&got))
		require.Equal(w.T, p.SSN, got)
		require.NoError(w.T, w.Model(&Patient{}).Select("email").Where("id = ?", p.ID).Row().Scan(&got))
		require.Equal(w.T, p.Email, got)
	},
	"Find into maps": func(w *world) {
		p := w.add("ann")[0]
		one := map[string]any{}
		w.ok(w.Model(&Patient{}).Omit("Tags").First(&one, "email = ?", p.Email))
		require.EqualValues(w.T, p.Email, one["email"])
		require.EqualValues(w.T, p.SSN, one["ssn"])
		require.EqualValues(w.T, 71.5, one["weight"])
		for name := range one {
			require.NotContains(w.T, name, "__", "hidden columns are not shown")
		}
		var all []map[string]any
		w.ok(w.Table("patients").Select("email", "ward").Find(&all))
		require.Len(w.T, all, 1)
		require.EqualValues(w.T, p.Email, all[0]["email"])
	},
	"Rows and ScanRows": func(w *world) {
		w.add("ann", "bob")
		rows, err := w.Model(&Patient{}).Where("ward = ?", "A").Rows()
		require.NoError(w.T, err)
		defer rows.Close()
		var all []Patient
		for rows.Next() {
			var p Patient
			require.NoError(w.T, w.ScanRows(rows, &p))
			all = append(all, p)
		}
		require.NoError(w.T, rows.Err())
		require.ElementsMatch(w.T, []string{"ann", "bob"}, names(all))
	},
	"Raw": func(w *world) {
		p := w.add("ann", "bob")[0]
		var got Patient
		w.ok(w.Raw("SELECT * FROM patients WHERE email = ?", p.Email).Scan(&got))
		require.Equal(w.T, content(p), content(&got))
		var all []short
		w.ok(w.Raw("SELECT p.id, p.email, p.notes FROM patients p WHERE p.email IN (?) OR p.ssn = @ssn", []string{p.Email}, map[string]any{"ssn": p.SSN}).Session(&gorm.Session{}))
		w.ok(w.Raw("SELECT p.id, p.email, p.notes, p.ward FROM patients p WHERE p.email IN (?)", []string{p.Email}).Scan(&all))
		require.Equal(w.T, []short{{p.ID, p.Email, p.Notes, p.Ward}}, all)
	},
	"Exec": func(w *world) {
		p := w.add("ann", "bob")[0]
		tx := w.ok(w.Exec("UPDATE patients SET ssn = ?, notes = NULL WHERE email = ?", "new "+secret, p.Email))
		require.EqualValues(w.T, 1, tx.RowsAffected)
		p.SSN, p.Notes = "new "+secret, nil
		w.same(p)
		w.ok(w.Exec("UPDATE patients SET ssn = @ssn WHERE id = @id", map[string]any{"ssn": "newer " + secret, "id": p.ID}))
		p.SSN = "newer " + secret
		w.same(p)
		w.ok(w.Exec("UPDATE patients SET ssn = '" + secret + "' WHERE email = '" + p.Email + "'"))
		p.SSN = secret
		w.same(p)
		w.refused(w.Exec("INSERT INTO patients (id, email) SELECT id, email FROM patients"), "INSERT … SELECT copies values")
		w.ok(w.Exec("DELETE FROM patients WHERE email = ?", p.Email))
		require.EqualValues(w.T, 1, w.count("1 = 1"))
	},
	"DryRun": func(w *world) {
		tx := w.Session(&gorm.Session{DryRun: true})
		stmt := w.ok(tx.Create(patient("ann"))).Statement
		require.Contains(w.T, stmt.SQL.String(), "email")
		require.NotContains(w.T, stmt.SQL.String(), "__")
		require.EqualValues(w.T, 0, w.count("1 = 1"))
		require.Contains(w.T, w.ToSQL(func(tx *gorm.DB) *gorm.DB { return tx.Where("email = ?", "x").Find(&Patient{}) }), "email")
	},
}
