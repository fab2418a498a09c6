package ormhooks_test

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
)

// A vault has one value of type T in every mode that takes every type, under
// every kind of binding: the row in which each Go type goes to each database.
type vault[T any] struct {
	_          struct{}           `cell:"table=vault,bind=id"`
	ID         int64              `db:"id"`
	Sealed     ormhooks.Sealed[T] `db:"sealed" cell:"seal"`
	Padded     ormhooks.Sealed[T] `db:"padded" cell:"seal,pad=64"`
	Text       ormhooks.Sealed[T] `db:"armoured" cell:"seal,text"`
	Token      ormhooks.Sealed[T] `db:"tokened" cell:"token"`
	TokenTok   ormhooks.Hidden    `db:"tokened__tok"`
	Free       ormhooks.Sealed[T] `db:"free" cell:"seal,text,pad=16,compartment=free,bind=column"`
	FreeTok    ormhooks.Sealed[T] `db:"free_token" cell:"token,compartment=free,bind=column"`
	FreeTokTok ormhooks.Hidden    `db:"free_token__tok"`
	Keyed      ormhooks.Sealed[T] `db:"keyed" cell:"seal,compartment=keyed,bind=row_key"`
	KeyedTok   ormhooks.Sealed[T] `db:"keyed_token" cell:"token,compartment=keyed,bind=row_key"`
	KeyedTokT  ormhooks.Hidden    `db:"keyed_token__tok"`
	RowKey     ormhooks.Hidden    `db:"cellseal_row"`
}

// A jsonVault is a vault for what is stored as JSON.
type jsonVault[T any] struct {
	_          struct{}           `cell:"table=vault,bind=id"`
	ID         int64              `db:"id"`
	Sealed     ormhooks.Sealed[T] `db:"sealed" cell:"seal,json"`
	Padded     ormhooks.Sealed[T] `db:"padded" cell:"seal,json,pad=64"`
	Text       ormhooks.Sealed[T] `db:"armoured" cell:"seal,json,text"`
	Token      ormhooks.Sealed[T] `db:"tokened" cell:"token,json"`
	TokenTok   ormhooks.Hidden    `db:"tokened__tok"`
	Free       ormhooks.Sealed[T] `db:"free" cell:"seal,json,text,pad=16,compartment=free,bind=column"`
	FreeTok    ormhooks.Sealed[T] `db:"free_token" cell:"token,json,compartment=free,bind=column"`
	FreeTokTok ormhooks.Hidden    `db:"free_token__tok"`
	Keyed      ormhooks.Sealed[T] `db:"keyed" cell:"seal,json,compartment=keyed,bind=row_key"`
	KeyedTok   ormhooks.Sealed[T] `db:"keyed_token" cell:"token,json,compartment=keyed,bind=row_key"`
	KeyedTokT  ormhooks.Hidden    `db:"keyed_token__tok"`
	RowKey     ormhooks.Hidden    `db:"cellseal_row"`
}

func createVault(t testing.TB, db testdb.DB) {
	t.Helper()
	ty := db.Types
	db.Run(t, "CREATE TABLE vault (id "+ty.Int+" PRIMARY KEY, sealed "+ty.Blob+", padded "+ty.Blob+", armoured "+ty.Text+
		", tokened "+ty.Blob+", tokened__tok "+ty.Blob+", free "+ty.Text+", free_token "+ty.Blob+", free_token__tok "+ty.Blob+
		", keyed "+ty.Blob+", keyed_token "+ty.Blob+", keyed_token__tok "+ty.Blob+", cellseal_row "+ty.Term+" NOT NULL UNIQUE)")
}

// fieldsOf returns the Sealed[T] fields of a row.
func fieldsOf[T any](row any) map[string]*ormhooks.Sealed[T] {
	all := map[string]*ormhooks.Sealed[T]{}
	v := reflect.ValueOf(row).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			if f, ok := v.Field(i).Addr().Interface().(*ormhooks.Sealed[T]); ok {
				all[v.Type().Field(i).Name] = f
			}
		}
	}
	return all
}

// A stored value: what goes in, what must come out, and whether it is NULL on the way.
type stored[T any] struct {
	in, out T
	null    bool
}

// A typeCase is a Go type with values that must survive each database.
type typeCase struct {
	name string
	run  func(t *testing.T, db testdb.DB, nextID *int64)
}

// values come back as they were.
func values[T any](name string, all ...T) typeCase { return storedIn[vault[T]](name, plainly(all)...) }

// orNull are values of a type that may be NULL, and one that is.
func orNull[T any](name string, null T, all ...T) typeCase {
	return storedIn[vault[T]](name, append(plainly(all), stored[T]{null, null, true})...)
}

func jsons[T any](name string, all ...T) typeCase {
	return storedIn[jsonVault[T]](name, plainly(all)...)
}

func jsonOrNull[T any](name string, null T, all ...T) typeCase {
	return storedIn[jsonVault[T]](name, append(plainly(all), stored[T]{null, null, true})...)
}

func plainly[T any](all []T) []stored[T] {
	list := make([]stored[T], len(all))
	for i, v := range all {
		list[i] = stored[T]{in: v, out: v}
	}
	return list
}

// storedIn writes each value into every column of a row of type R and reads it back.
func storedIn[R, T any](name string, all ...stored[T]) typeCase {
	return typeCase{name, func(t *testing.T, db testdb.DB, nextID *int64) {
		d := newDoor(t, *new(R))
		for _, s := range all {
			*nextID++
			row := new(R)
			reflect.ValueOf(row).Elem().FieldByName("ID").SetInt(*nextID)
			fields := fieldsOf[T](row)
			require.NotEmpty(t, fields)
			for _, f := range fields {
				f.Set(s.in)
			}
			d.seal(t, row)
			insert(t, db, "vault", row)

			var sealed, token []byte
			db.Scan(t, "SELECT sealed, free_token__tok FROM vault WHERE id = ?", []any{*nextID}, &sealed, &token)
			require.Equal(t, s.null, sealed == nil, "NULL stays NULL, and nothing else becomes it")
			require.Equal(t, s.null, token == nil)

			back := new(R)
			read(t, db, "vault", back, "id = ?", *nextID)
			d.open(t, back)
			for where, f := range fieldsOf[T](back) {
				requireSame(t, s.out, f.Get(), "%s of %T", where, s.in)
			}
		}
	}}
}

// requireSame is require.Equal for values that == and reflect do not judge by what
// they store: NaN, -0 and times.
func requireSame(t testing.TB, want, got any, about ...any) {
	t.Helper()
	switch w := want.(type) {
	case float64:
		if !math.IsNaN(w) {
			require.Equal(t, math.Float64bits(w), math.Float64bits(got.(float64)), about...)
		}
		require.Equal(t, math.IsNaN(w), math.IsNaN(got.(float64)), about...)
	case float32:
		requireSame(t, float64(w), float64(got.(float32)), about...)
	case time.Time:
		require.True(t, w.Equal(got.(time.Time)), about...)
		require.Equal(t, time.UTC, got.(time.Time).Location(), about...)
	default:
		require.Equal(t, want, got, about...)
	}
}

// runCases brings every case to every database, one table for all.
func runCases(t *testing.T, cases ...typeCase) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createVault(t, db)
		db.SetMaxOpenConns(1)
		db.Run(t, "BEGIN") // the servers take long to commit
		var id int64
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) { c.run(t, db, &id) })
		}
	})
}
