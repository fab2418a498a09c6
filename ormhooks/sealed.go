package ormhooks

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"

	"github.com/cellseal/cellseal/internal/redact"
)

// Sealed is a protected field of a struct for explicit use with database/sql,
// sqlx, pgx, ent or bun. T is the plaintext's Go type; a pointer or sql.Null[T]
// may be NULL.
//
//	var p Patient
//	p.Email.Set("siobhan@example.com")     // in the application's hands
//	err := ormhooks.Seal(ctx, source, schema, &p)
//	db.Exec("INSERT …", p.ID, p.Email, p.EmailEq)
//
//	rows.Scan(&p.ID, &p.Email)             // keeps the cell, opens nothing
//	err = ormhooks.Open(ctx, source, schema, &p)
//	p.Email.Get()
//
// Scan only keeps what is stored, and Value only gives what Seal has sealed, so
// rows can be scanned in any order and opened in batches, and a plaintext can
// never slip through to the database. A Sealed value knows nothing of its row:
// after copying one to another row, Seal that row again.
//
// The zero value is not set. It prints redacted, and marshalling it to JSON fails.
type Sealed[T any] struct {
	_ [0]func()
	s *sealedState[T]
}

var (
	_ driver.Valuer  = Sealed[string]{}
	_ sql.Scanner    = (*Sealed[string])(nil)
	_ json.Marshaler = Sealed[string]{}
	_ sealedField    = (*Sealed[string])(nil)
)

// sealedState is never changed once it is made, so that copies of a Sealed are
// independent of one another.
type sealedState[T any] struct {
	plain  *T   // nil while only the cell is known
	stored *any // as scanned or as to be written: nil, []byte or string; behind a pointer as in hiddenState
	from   origin
	read   bool // was scanned at some time: its row is in the database
}

type origin int

const (
	fromApplication origin = iota // Set: nothing stored
	fromDatabase                  // Scan, perhaps opened since: must not be written back
	fromSeal                      // sealed for its row
)

// New returns a Sealed that holds v, not sealed yet.
func New[T any](v T) Sealed[T] { return Sealed[T]{s: &sealedState[T]{plain: &v}} }

// Set puts v in place of whatever s held.
func (s *Sealed[T]) Set(v T) {
	*s = Sealed[T]{s: &sealedState[T]{plain: &v, read: s.cameFromDatabase()}}
}

// Get returns the plaintext. It panics if there is none: if s was never set, or
// was scanned and [Open] was not called.
func (s Sealed[T]) Get() T {
	v, ok := s.Lookup()
	if !ok {
		panic("cellseal/ormhooks: Get of a Sealed that was neither set nor opened: call ormhooks.Open on its row")
	}
	return v
}

// Lookup is [Sealed.Get] that reports whether there is a plaintext.
func (s Sealed[T]) Lookup() (v T, ok bool) {
	if s.s == nil || s.s.plain == nil {
		return v, false
	}
	return *s.s.plain, true
}

// Scan implements sql.Scanner. It keeps what is stored and opens nothing.
func (s *Sealed[T]) Scan(src any) error {
	switch v := src.(type) {
	case nil, string:
	case []byte:
		src = append([]byte{}, v...) // never nil: to modernc.org/sqlite that is an empty BLOB, and not NULL
	default:
		return fmt.Errorf("cellseal: a Go %T cannot be a cell: is this a protected column?", src)
	}
	*s = Sealed[T]{s: &sealedState[T]{stored: &src, from: fromDatabase, read: true}}
	return nil
}

// Value implements driver.Valuer. It gives what [Seal] has sealed, else [ErrUnsealed].
func (s Sealed[T]) Value() (driver.Value, error) {
	if s.s == nil || s.s.from != fromSeal {
		return nil, ErrUnsealed
	}
	return *s.s.stored, nil
}

// MarshalJSON fails with [ErrNoJSON].
func (Sealed[T]) MarshalJSON() ([]byte, error) { return nil, ErrNoJSON }

// UnmarshalJSON fails with [ErrNoJSON].
func (*Sealed[T]) UnmarshalJSON([]byte) error { return ErrNoJSON }

// Format implements fmt.Formatter and prints nothing secret.
func (Sealed[T]) Format(f fmt.State, _ rune) { redact.Format(f, "Sealed") }

// LogValue implements slog.LogValuer and prints nothing secret.
func (Sealed[T]) LogValue() slog.Value { return redact.LogValue("Sealed") }

// sealedField is what Seal and Open see of a *Sealed[T], whatever T is.
type sealedField interface {
	plainType() reflect.Type
	plainValue() (v reflect.Value, ok bool)
	storedValue() (v any, scanned bool)
	cameFromDatabase() bool
	sealedAs(stored any) (state any)        // the state of having been sealed
	opened() (dst reflect.Value, state any) // the state of having been opened, its plaintext yet to be put in dst
	become(state any)
}

func (*Sealed[T]) plainType() reflect.Type { return reflect.TypeFor[T]() }

func (s *Sealed[T]) plainValue() (reflect.Value, bool) {
	if s.s == nil || s.s.plain == nil {
		return reflect.Value{}, false
	}
	return reflect.ValueOf(s.s.plain).Elem(), true
}

func (s *Sealed[T]) storedValue() (any, bool) {
	if s.s == nil || s.s.from != fromDatabase {
		return nil, false
	}
	return *s.s.stored, true
}

func (s *Sealed[T]) cameFromDatabase() bool { return s.s != nil && s.s.read }

func (s *Sealed[T]) sealedAs(stored any) any {
	return &sealedState[T]{plain: s.s.plain, stored: &stored, from: fromSeal, read: s.s.read}
}

func (s *Sealed[T]) opened() (reflect.Value, any) {
	v := new(T)
	return reflect.ValueOf(v).Elem(), &sealedState[T]{plain: v, stored: s.s.stored, from: fromDatabase, read: true}
}

func (s *Sealed[T]) become(state any) { s.s = state.(*sealedState[T]) }
