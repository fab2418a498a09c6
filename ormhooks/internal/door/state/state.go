// Package state knows PostgreSQL's errors by their SQLSTATE, without knowing its drivers.
package state

import "errors"

// Says reports whether an error is PostgreSQL's own.
func Says(err error) bool { return Of(err) != "" }

// Of is the code that PostgreSQL gives an error, as its drivers have it, or "".
func Of(err error) string {
	var state interface{ SQLState() string }
	if errors.As(err, &state) {
		return state.SQLState()
	}
	return ""
}
