package keyservice

import (
	"fmt"
	"time"
)

// UnavailableError says that the service did not answer, or has no keys at hand. While a service
// does not answer, what needs it gets this error at once, and what is in memory goes on until its
// time is over; the client tries again by itself.
type UnavailableError struct{ Err error }

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("cellseal: the key service cannot be reached, and the keys asked for are not in memory: %v", e.Err)
}

func (e *UnavailableError) Unwrap() error { return e.Err }

// RateError says that the policy allows this client no more rows for now, or never so many at
// once.
type RateError struct {
	RetryAfter time.Duration // until the same can be asked again; 0 if it never can
	Most       int           // rows at once, 0 if the service did not say
}

func (e *RateError) Error() string {
	if e.RetryAfter == 0 {
		return fmt.Sprintf("cellseal: the key service gives this process at most %d rows at once: ask for fewer, or have the policy changed", e.Most)
	}
	return fmt.Sprintf("cellseal: the key service gives this process no more rows for now: ask again in %v, or have the policy changed", e.RetryAfter)
}
