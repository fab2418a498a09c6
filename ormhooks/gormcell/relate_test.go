package gormcell_test

import (
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// treated is ann with a doctor.
func treated(w *world) (*Doctor, *Patient) {
	p := patient("ann")
	p.Doctor = doctor("ida")
	w.ok(w.Create(p))
	require.NotZero(w.T, p.Doctor.ID)
	require.Equal(w.T, p.Doctor.ID, *p.DoctorID)
	w.add("bob")
	return p.Doctor, p
}

var relating = map[string]func(w *world){
	"create with associations": func(w *world) {
		d := doctor("ida")
		d.Patients = []Patient{*patient("ann"), *patient("bob")}
		w.ok(w.Create(d))
		w.same(&d.Patients[0])
		w.same(&d.Patients[1])
		w.ok(w.Session(&gorm.Session{FullSaveAssociations: true}).Omit(clause.Associations).Save(d))
	},
	"Preload": func(w *world) {
		d, p := treated(w)
		var got Doctor
		w.ok(w.Preload("Patients", "email = ?", p.Email).First(&got, d.ID))
		require.Equal(w.T, []string{"ann"}, names(got.Patients))
		var back Patient
		w.ok(w.Preload(clause.Associations).First(&back, "email = ?", p.Email))
		require.Equal(w.T, d.Name, back.Doctor.Name)
	},
	"Joins of an association": func(w *world) {
		d, p := treated(w)
		var got Patient
		w.ok(w.Joins("Doctor").First(&got, "patients.email = ?", p.Email))
		require.Equal(w.T, d.Name, got.Doctor.Name)
		require.Equal(w.T, d.Licence, got.Doctor.Licence)
		require.Equal(w.T, p.SSN, got.SSN)
		var all []Patient
		w.ok(w.Joins("Doctor").Find(&all))
		require.Len(w.T, all, 2)
		w.ok(w.InnerJoins("Doctor", w.Where(&Doctor{Name: d.Name})).Find(&all))
		require.Equal(w.T, []string{"ann"}, names(all))
		require.Equal(w.T, d.Name, all[0].Doctor.Name)
		w.ok(w.Joins("Doctor").Where(`"Doctor"."name" = ?`, d.Name).Session(&gorm.Session{DryRun: true}).Find(&all))
	},
	"Joins in SQL": func(w *world) {
		d, p := treated(w)
		var got []struct{ Email, Name string }
		w.ok(w.Model(&Patient{}).Select("patients.email, doctors.name").Joins("JOIN doctors ON doctors.id = patients.doctor_id").
			Where("doctors.name = ?", d.Name).Scan(&got))
		require.Len(w.T, got, 1)
		require.Equal(w.T, p.Email, got[0].Email)
		require.Equal(w.T, d.Name, got[0].Name)
	},
	"EXISTS": func(w *world) {
		d, _ := treated(w)
		var all []Patient
		w.ok(w.Where("EXISTS (?)", w.Model(&Doctor{}).Select("1").Where("doctors.id = patients.doctor_id AND doctors.name = ?", d.Name)).Find(&all))
		require.Equal(w.T, []string{"ann"}, names(all))
		w.ok(w.Model(&Patient{}).Where("doctor_id IN (?)", w.Model(&Doctor{}).Select("id").Where("name = ?", d.Name)).Update("ssn", "new "+secret))
		require.EqualValues(w.T, 1, w.count("ssn = ?", "new "+secret))
	},
	"association mode": func(w *world) {
		d, p := treated(w)
		require.EqualValues(w.T, 1, w.Model(d).Association("Patients").Count())
		var all []Patient
		require.NoError(w.T, w.Model(d).Where("email = ?", p.Email).Association("Patients").Find(&all))
		require.Equal(w.T, []string{"ann"}, names(all))
		require.NoError(w.T, w.Model(d).Association("Patients").Append(patient("cyd")))
		require.EqualValues(w.T, 2, w.Model(d).Association("Patients").Count())
		require.NoError(w.T, w.Model(d).Association("Patients").Delete(p))
		require.NoError(w.T, w.Model(d).Association("Patients").Clear())
		require.EqualValues(w.T, 3, w.count("doctor_id IS NULL"))
	},
}
