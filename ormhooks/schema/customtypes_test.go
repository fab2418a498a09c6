package schema_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// unclear is a type of the application's whose zero value yields NULL.
type unclear struct{ v any }

func (u unclear) Value() (driver.Value, error) { return u.v, nil }
func (u *unclear) Scan(src any) error          { u.v = src; return nil }

// failing cannot be asked.
type failing struct{ s string }

func (failing) Value() (driver.Value, error) { return nil, errors.New("no value yet") }
func (f *failing) Scan(src any) error        { f.s = fmt.Sprint(src); return nil }

// panicking cannot be asked either.
type panicking struct{ p *string }

func (p panicking) Value() (driver.Value, error) { return *p.p, nil }
func (p *panicking) Scan(src any) error          { s := fmt.Sprint(src); p.p = &s; return nil }

// yields is a type whose Valuer yields a T.
type yields[T any] struct{ v T }

func (y yields[T]) Value() (driver.Value, error) { return y.v, nil }
func (y *yields[T]) Scan(src any) error          { y.v, _ = src.(T); return nil }

// byPointer is one whose Valuer has a pointer receiver.
type byPointer struct{ s string }

func (p *byPointer) Value() (driver.Value, error) { return p.s, nil }
func (p *byPointer) Scan(src any) error           { p.s = fmt.Sprint(src); return nil }

type date = yields[time.Time]
