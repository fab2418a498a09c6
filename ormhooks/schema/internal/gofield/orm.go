package gofield

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cellseal/cellseal/internal/gostruct"
)

// OfORM finds what an ORM would do to the stored cell as if it were the value. GORM's JSON
// stays above the cell, where GORM would take a slice for a relation without it.
func OfORM(f gostruct.Field, json bool) (problems []string) {
	for _, option := range slices.Sorted(maps.Keys(f.ORM())) {
		if instead, bad := insteadOfORM[option]; bad && (!json || option != "serializer" || f.ORM()[option] != "json") {
			problems = append(problems, fmt.Sprintf("gorm option %s would act on the encrypted value: use %s", option, instead))
		}
	}
	return problems
}

var insteadOfORM = map[string]string{
	"uniqueindex": `search:"exact,…,unique"`,
	"unique":      `search:"exact,…,unique"`,
	"index":       `search:"exact,…"`,
	"check":       "a check in the application, as the server cannot see the value",
	"default":     "a default set by the application, as the server cannot seal one",
	"serializer":  "the option json, or a type with its own Valuer and Scanner",
	"primarykey":  "an unprotected key",
	"primary_key": "an unprotected key",
}
