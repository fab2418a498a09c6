package main

import "time"

// Patient is a plain struct. Its search tags say what may be asked of each column.
type Patient struct {
	_         struct{}  `cell:"table=patients,bind=id"`
	ID        int64     // of no interest to a thief
	Name      string    `cell:"seal" search:"words,fold;substring,fold;fuzzy,fold;prefix,fold"`
	Email     string    `cell:"seal" search:"exact,email,unique"`
	City      string    `cell:"seal" search:"smoothed,fold"`
	Town      string    `cell:"seal" search:"exact,fold,leaks=frequency"` // the city once more, as the thief would have it
	Born      time.Time `cell:"seal" search:"range"`
	Diagnosis string    `cell:"seal" search:"words,fold"`
	Fee       int64     `cell:"seal" search:"range"`
	Notes     string    `cell:"seal,pad=64" search:"words,fold"`
}
