package search

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// An index that was made before is given again, so options that differ in anything must not be
// taken for the same: a field that is added later has to be compared too.
func TestOptionsThatDifferInOneFieldAreNotEqual(t *testing.T) {
	same := Options{Types: []Type{Text}, Bits: 40}
	require.True(t, same.equal(Options{Types: []Type{Text}, Bits: 40}))
	for i := range reflect.TypeFor[Options]().NumField() {
		other := same
		field := reflect.ValueOf(&other).Elem().Field(i)
		switch field.Kind() {
		case reflect.Slice:
			field.Set(reflect.ValueOf([]Type{Int}))
		case reflect.Bool:
			field.SetBool(true)
		case reflect.Uint32, reflect.Uint64:
			field.SetUint(7)
		case reflect.Int:
			field.SetInt(41)
		}
		require.False(t, same.equal(other), reflect.TypeFor[Options]().Field(i).Name)
	}
	require.False(t, Options{}.equal(Options{Types: []Type{}}), "none stands for text, and an empty list is a mistake")
}
