package main

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"
	"time"
)

// Patient is an ordinary GORM model. The cell and search tags are the whole declaration of
// what is protected, and how it is found.
type Patient struct {
	_         struct{}  `cell:"table=patients,bind=id,scope=clinic(clinic)"`
	ID        int64     `gorm:"primaryKey;autoIncrement:false"` // given by the clinics
	Clinic    string    // each has keys of its own
	Name      string    `cell:"seal,pad=32"`
	Email     string    `cell:"seal" search:"exact,trim,fold,unique"`
	Phone     string    `cell:"seal" search:"exact,digits"`
	SSN       string    `cell:"token"`
	Born      time.Time `cell:"seal"`
	Diagnosis string    `cell:"seal,compartment=medical,pad=64"`
	Notes     *string   `cell:"seal,compartment=medical,pad=256"`
}

//go:embed patients.csv
var patientsCSV string

func readCSV() ([]*Patient, error) {
	records, err := csv.NewReader(strings.NewReader(patientsCSV)).ReadAll()
	if err != nil {
		return nil, err
	}
	var patients []*Patient
	for _, r := range records[1:] { // clinic,id,name,email,phone,ssn,born,diagnosis,notes
		id, err := strconv.ParseInt(r[1], 10, 64)
		if err != nil {
			return nil, err
		}
		born, err := time.Parse(time.DateOnly, r[6])
		if err != nil {
			return nil, err
		}
		patients = append(patients, &Patient{
			ID: id, Clinic: r[0], Name: r[2], Email: r[3], Phone: r[4], SSN: r[5], Born: born, Diagnosis: r[7], Notes: orNull(r[8]),
		})
	}
	return patients, nil
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
