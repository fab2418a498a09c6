package gormcell_test

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// secret is in every protected text that the tests write, and digits in every number.
const (
	secret = "cnry7f3a"
	digits = "5557731904"
)

// Doctor has a key that the database assigns, and a random one for its cells.
type Doctor struct {
	_ struct{} `cell:"bind=row_key"`
	gorm.Model
	Name     string  `cell:"seal" search:"exact,fold"`
	Licence  *string `cell:"token" search:"exact,unique"`
	Ward     string
	Patients []Patient
}

// Address is embedded.
type Address struct {
	Street string `cell:"seal,pad=64"`
	City   string
}

// Patient has all modes, a key that the application assigns, and a doctor.
type Patient struct {
	_         struct{}  `cell:"bind=id"`
	ID        uuid.UUID `gorm:"primaryKey"`
	Email     string    `cell:"seal" search:"exact,trim,fold,unique"`
	SSN       string    `cell:"token" search:"exact"`
	Phone     string    `cell:"imprint,alphabet=digits,keep" search:"exact,digits"`
	Notes     *string   `cell:"seal,compartment=medical,pad=256"`
	Weight    float64   `cell:"seal" search:"exact"`
	Born      time.Time `cell:"seal"`
	Tags      []string  `cell:"seal,json" gorm:"serializer:json"`
	Address   Address   `gorm:"embedded;embeddedPrefix:home_"`
	Ward      string
	DoctorID  *uint
	Doctor    *Doctor
	CreatedAt time.Time
	UpdatedAt time.Time
	DeletedAt gorm.DeletedAt `gorm:"index"`
}

// BeforeCreate gives a patient a key.
func (p *Patient) BeforeCreate(*gorm.DB) error {
	if p.ID == uuid.Nil {
		p.ID = uuid.New()
	}
	return nil
}

// Record is of a clinic, which has keys of its own, and has a key of text.
type Record struct {
	_      struct{} `cell:"bind=number,scope=clinic(clinic)"`
	Number string   `gorm:"primaryKey;size:40"`
	Clinic string   `gorm:"size:40"`
	Text   string   `cell:"seal" search:"exact"`
	Visits []Visit
}

// Visit protects nothing, and refers to a Record.
type Visit struct {
	ID           uint
	RecordNumber string `gorm:"size:40"`
	Room         string
}

var models = []any{&Doctor{}, &Patient{}, &Record{}, &Visit{}}

var born = time.Date(1979, 11, 8, 0, 0, 0, 0, time.UTC)

// patient makes one whose protected fields all hold a canary.
func patient(name string) *Patient {
	notes := "notes of " + name + " " + secret
	return &Patient{
		Email: name + "." + secret + "@Example.com", SSN: "ssn-" + name + "-" + secret, Phone: digits, Notes: &notes,
		Weight: 71.5, Born: born, Tags: []string{name, secret}, Address: Address{Street: "1 " + secret + " Street", City: "Cork"}, Ward: "A",
	}
}

func doctor(name string) *Doctor {
	licence := "licence-" + name + "-" + secret
	return &Doctor{Name: "Dr " + name + " " + secret, Licence: &licence, Ward: "A"}
}

func email(name string) string { return name + "." + secret + "@Example.com" }
