package schema_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

func TestWhatAColumnShows(t *testing.T) {
	const length, changes = "the value's length", "when it changes"
	for _, c := range []struct {
		model                 any
		atRest, overTime, fit string
	}{
		{tagged[string](`cell:"seal"`), length, changes, "every column"},
		{tagged[string](`cell:"seal,pad=64"`), length + " in steps of 64 bytes", changes, "values whose length tells something"},
		{tagged[string](`cell:"seal,text"`), length, changes, "every column"},
		{tagged[string](`cell:"token"`), length, changes, "columns whose length cannot change, while a second place can"},
		{tagged[*string](`cell:"seal"`), length + ", and which rows are NULL", changes, "every column"},
		{tagged[sql.NullBool](`cell:"seal"`), "nothing, and which rows are NULL", changes, "every column"},
		{tagged[time.Time](`cell:"seal,pad=64"`), "nothing", changes, "values whose length tells something"},
		{tagged[UUID](`cell:"token"`), "nothing", changes, "columns whose length cannot change, while a second place can"},
		{tagged[bool](`cell:"seal"`), "nothing", changes, "every column"},
		{tagged[int](`cell:"seal"`), "nothing", changes, "every column"},
		{tagged[uint8](`cell:"seal"`), "nothing", changes, "every column"},
		{tagged[float32](`cell:"seal"`), "nothing", changes, "every column"},
		{tagged[float64](`cell:"seal"`), "nothing", changes, "every column"},
		{tagged[[]byte](`cell:"seal"`), length, changes, "every column"},
		{tagged[string](`cell:"seal,type=numeric(5,2)"`), length, changes, "every column"},
		{tagged[[]int](`cell:"seal,json"`), length, changes, "every column"},
		{tagged[string](`cell:"imprint"`), length + ", and which writes of one row stored the same value", changes + ", and when it changes back", "columns whose length or format cannot change"},
		{tagged[string](`cell:"imprint,bind=column,consistent"`), length + ", which rows hold equal values, and how often each occurs", changes + ", and when it changes back", "columns whose length or format cannot change"},
		{tagged[string](`cell:"imprint,alphabet=digits,keep"`), length + ", and which writes of one row stored the same value, and the characters kept in place", changes + ", and when it changes back", "columns whose length or format cannot change"},
	} {
		leaks := must(t, c.model).Leakage()
		require.Len(t, leaks, 1)
		require.Equal(t, "t", leaks[0].Table)
		require.Equal(t, "value", leaks[0].What)
		require.Equal(t, c.atRest, leaks[0].AtRest)
		require.Equal(t, c.overTime, leaks[0].OverTime)
		require.Equal(t, "nothing: it is not searched", leaks[0].OnQuery)
		require.Equal(t, c.fit, leaks[0].For)
	}
}

func TestLeakageNamesEveryProtectedColumnAndIndex(t *testing.T) {
	var all []string
	for _, leak := range must(t, RichVisit{}, RichPatient{}).Leakage() {
		all = append(all, leak.Table+"."+leak.What+" "+leak.Kind)
	}
	require.Equal(t, []string{
		"patients_2031.email seal", "patients_2031.ssn token", "patients_2031.phone imprint", "patients_2031.locker imprint",
		"patients_2031.surname seal", "patients_2031.born seal", "patients_2031.debt seal", "patients_2031.alive seal", "patients_2031.findings seal",
		"patients_2031.surname_born__person Blind", "patients_2031.email__eq Blind, unique", "patients_2031.email__start Blind",
		"patients_2031.phone__eq Blind, unique", "patients_2031.debt__eq Blind", "patients_2031.alive__eq Blind",
		"visits.room imprint", "visits.note seal", "visits.note__eq Blind, unique in part",
	}, all)
}

func TestLeakageOfAnIndexIsThatOfPackageSearch(t *testing.T) {
	for _, leak := range must(t, searched("exact;exact,unique,name=u")).Leakage() {
		switch leak.What {
		case "value__eq":
			require.Equal(t, search.LeakageOf(search.Options{}), leak.Leakage)
		case "value__u":
			require.Equal(t, search.LeakageOf(search.Options{Unique: true}), leak.Leakage)
		default:
			require.Equal(t, schema.Leak{Table: "t", What: "value", Leakage: leak.Leakage}, leak)
		}
	}
}
