package gormcell_test

import (
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm/clause"
)

var creating = map[string]func(w *world){
	"create a struct": func(w *world) {
		p := patient("ann")
		w.ok(w.Create(p))
		require.Equal(w.T, patient("ann").SSN, p.SSN, "the caller's struct holds plaintext after it too")
		w.same(p)
		var sealed int64
		require.NoError(w.T, w.bare.QueryRow("SELECT count(email__eq) FROM patients").Scan(&sealed))
		require.EqualValues(w.T, 1, sealed)
	},
	"create a slice": func(w *world) {
		all := []Patient{*patient("ann"), *patient("bob"), *patient("cyd")}
		w.ok(w.Create(&all))
		for i := range all {
			w.same(&all[i])
		}
	},
	"create a slice of pointers, in batches": func(w *world) {
		var all []*Patient
		for _, name := range []string{"ann", "bob", "cyd", "dan", "eve"} {
			all = append(all, patient(name))
		}
		w.ok(w.CreateInBatches(all, 2))
		for _, p := range all {
			w.same(p)
		}
	},
	"create a map": func(w *world) {
		id := uuid.New()
		w.ok(w.Model(&Patient{}).Create(map[string]any{"ID": id, "Email": email("ann"), "SSN": "ssn-" + secret, "phone": digits, "weight": 70.5, "born": born}))
		var p Patient
		w.ok(w.First(&p, "email = ?", email("ann")))
		require.Equal(w.T, id, p.ID)
		require.Equal(w.T, 70.5, p.Weight)
		require.Nil(w.T, p.Notes)
		require.Equal(w.T, digits, p.Phone)
	},
	"create a slice of maps": func(w *world) {
		w.ok(w.Model(&Patient{}).Create([]map[string]any{
			{"id": uuid.New(), "email": email("ann"), "ssn": secret, "phone": digits, "weight": 1.0, "born": born},
			{"id": uuid.New(), "email": email("bob"), "ssn": secret, "phone": digits, "weight": 2.0, "born": born},
		}))
		var found []Patient
		w.ok(w.Where("ssn = ?", secret).Order("ward").Find(&found))
		require.ElementsMatch(w.T, []string{"ann", "bob"}, names(found))
	},
	"create with a key of the database": func(w *world) {
		d := doctor("ann")
		w.ok(w.Create(d))
		require.NotZero(w.T, d.ID)
		all := []*Doctor{doctor("bob"), doctor("cyd")}
		w.ok(w.Create(all))
		for _, d := range append(all, d) {
			var got Doctor
			w.ok(w.First(&got, d.ID))
			require.Equal(w.T, d.Name, got.Name)
			require.Equal(w.T, d.Licence, got.Licence)
		}
	},
	"create with Select": func(w *world) {
		d := doctor("ann")
		w.ok(w.Select("Name").Create(d))
		var got Doctor
		w.ok(w.First(&got, d.ID))
		require.Equal(w.T, d.Name, got.Name)
		require.Nil(w.T, got.Licence)
		require.Empty(w.T, got.Ward)
	},
	"create with Omit": func(w *world) {
		p := patient("ann")
		w.ok(w.Omit("Notes", "Ward").Create(p))
		var got Patient
		w.ok(w.First(&got, "email = ?", p.Email))
		require.Nil(w.T, got.Notes)
		require.Equal(w.T, p.SSN, got.SSN)
	},
	"create without the key that rows are bound to": func(w *world) {
		p := patient("ann")
		w.refused(w.Select("Email", "SSN").Create(p), "whose value is not known before the row is written")
	},
	"a duplicate": func(w *world) {
		w.add("ann")
		p := patient("ann")
		p.Email = "  ANN." + secret + "@example.COM "
		err := w.Create(p).Error
		require.Error(w.T, err)
		require.NotContains(w.T, err.Error(), secret)
	},
	"a zero value and an empty one": func(w *world) {
		w.refusedValue(w.Create(&Patient{}), "patients", "phone") // an imprint needs six characters
		p := &Patient{Phone: digits}
		w.ok(w.Create(p))
		var got Patient
		w.ok(w.First(&got, "id = ?", p.ID))
		require.Empty(w.T, got.Email)
		require.Nil(w.T, got.Notes)
		require.Nil(w.T, got.Tags)
		empty := ""
		w.ok(w.Model(&got).Update("notes", &empty))
		w.ok(w.First(&got, "id = ?", p.ID))
		require.Equal(w.T, &empty, got.Notes)
	},
	"FirstOrCreate": func(w *world) {
		var p Patient
		tx := w.ok(w.Where(Patient{Email: email("ann")}).Attrs(Patient{SSN: secret, Phone: digits}).FirstOrCreate(&p))
		require.EqualValues(w.T, 1, tx.RowsAffected)
		require.Equal(w.T, secret, p.SSN)
		var again Patient
		tx = w.ok(w.Where(Patient{Email: email("ann")}).Assign(Patient{SSN: secret + "2"}).FirstOrCreate(&again))
		require.Equal(w.T, p.ID, again.ID)
		w.ok(w.First(&p, "ssn = ?", secret+"2"))
		require.EqualValues(w.T, 1, tx.RowsAffected)
	},
	"FirstOrInit": func(w *world) {
		all := w.add("ann")
		var found, fresh Patient
		w.ok(w.Where("email = ?", email("ann")).FirstOrInit(&found))
		require.Equal(w.T, all[0].SSN, found.SSN)
		w.ok(w.Where(Patient{Email: email("bob")}).Attrs("ssn", secret).FirstOrInit(&fresh))
		require.Equal(w.T, email("bob"), fresh.Email)
	},
	"RETURNING": func(w *world) {
		p := patient("ann")
		if w.dialect == "mysql" {
			w.Skip("GORM writes RETURNING for MariaDB alone")
		}
		w.ok(w.Clauses(clause.Returning{}).Create(p))
		require.Equal(w.T, patient("ann").Email, p.Email)
		w.same(p)
	},
}
