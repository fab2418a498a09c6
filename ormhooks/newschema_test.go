package ormhooks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// The problems that only a model with Sealed fields can have.
func TestModelsWithSealedFieldsAreChecked(t *testing.T) {
	type head struct {
		_  struct{} `cell:"table=t,bind=id"`
		ID int64    `db:"id"`
	}
	for name, c := range map[string]struct {
		model   any
		field   string
		problem string
	}{
		"no tag": {struct {
			_    struct{} `cell:"table=t,bind=id"`
			ID   int64
			Note ormhooks.Sealed[string]
		}{}, "Note", `add cell:"seal"`},
		"plain beside sealed": {struct {
			_    struct{} `cell:"table=t,bind=id"`
			ID   int64
			Note ormhooks.Sealed[string] `cell:"seal"`
			Name string                  `cell:"seal"`
		}{}, "Name", "make all of them ormhooks.Sealed[…], or none"},
		"no field for the term": {struct {
			_    struct{} `cell:"table=t,bind=id"`
			ID   int64
			Note ormhooks.Sealed[string] `cell:"seal" search:"exact"`
		}{}, "", "ormhooks.Hidden with the column name note__eq"},
		"no field for the token": {struct {
			_    struct{} `cell:"table=t,bind=id"`
			ID   int64
			Note ormhooks.Sealed[string] `cell:"token"`
		}{}, "", "the column name note__tok"},
		"no field for the key id": {struct {
			_    struct{} `cell:"table=t,bind=id"`
			ID   int64
			Note ormhooks.Sealed[[]byte] `cell:"imprint"`
		}{}, "", "the column name note__kid"},
		"no field for the row key": {struct {
			_    struct{} `cell:"table=t,bind=row_key"`
			ID   int64
			Note ormhooks.Sealed[string] `cell:"seal"`
		}{}, "", "the column name cellseal_row"},
		"a term of the wrong name": {struct {
			_      struct{} `cell:"table=t,bind=id"`
			ID     int64
			Note   ormhooks.Sealed[string] `cell:"seal" search:"exact,name=whole"`
			NoteEq ormhooks.Hidden         `db:"note__eq"`
		}{}, "note__eq", "belongs to no Sealed field"},
		"hidden beside plain fields": {struct {
			_      struct{} `cell:"table=t,bind=id"`
			ID     int64
			Note   string          `cell:"seal" search:"exact"`
			NoteEq ormhooks.Hidden `db:"note__eq"`
		}{}, "note__eq", "belongs to no Sealed field"},
		"pointer to sealed": {struct {
			_    struct{} `cell:"table=t,bind=id"`
			ID   int64
			Note *ormhooks.Sealed[string] `cell:"seal,type=text"`
		}{}, "Note", "is a pointer to a Sealed"},
		"pointer to sealed without a tag": {struct {
			_    struct{} `cell:"table=t,bind=id"`
			ID   int64
			Note *ormhooks.Sealed[string]
		}{}, "Note", "is a pointer to a Sealed"},
		"pointer to hidden": {struct {
			_      struct{} `cell:"table=t,bind=id"`
			ID     int64
			Note   ormhooks.Sealed[string] `cell:"seal" search:"exact"`
			NoteEq *ormhooks.Hidden        `db:"note__eq"`
		}{}, "NoteEq", "make it an ormhooks.Hidden"},
		"what cannot be stored": {struct {
			head
			Note ormhooks.Sealed[chan int] `cell:"seal"`
		}{}, "Note", "cannot be stored"},
		"what needs json": {struct {
			head
			Note ormhooks.Sealed[map[string]string] `cell:"seal"`
		}{}, "Note", "add the option json"},
	} {
		_, err := ormhooks.NewSchema(c.model)
		require.ErrorContains(t, err, c.problem, name)
		found := false
		for _, e := range joined(err) {
			found = found || e.Field == c.field
		}
		require.True(t, found, "%s: %v", name, err)
	}
}

// joined takes apart what NewSchema returns.
func joined(err error) (all []*schema.Error) {
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		all = append(all, e.(*schema.Error))
	}
	return all
}

func TestEverythingThatIsWrongIsSaidAtOnce(t *testing.T) {
	_, err := ormhooks.NewSchema(struct {
		_     struct{} `cell:"table=t,bind=id"`
		ID    int64
		Email ormhooks.Sealed[string] `cell:"seal" search:"exact"`
		SSN   ormhooks.Sealed[string] `cell:"token"`
		Note  ormhooks.Sealed[string]
	}{})
	require.Len(t, joined(err), 3)
}

// Fields of an embedded struct are fields of the model, at whatever depth.
type contact struct {
	Email   ormhooks.Sealed[string] `db:"email" cell:"seal" search:"exact"`
	EmailEq ormhooks.Hidden         `db:"email__eq"`
}

type Person struct {
	contact
	Home struct {
		Phone ormhooks.Sealed[string] `cell:"token"`
		Tok   ormhooks.Hidden         `gorm:"column:phone__tok"`
	} `gorm:"embedded"`
}

type employee struct {
	_  struct{} `cell:"table=employees,bind=id"`
	ID int64    `db:"id"`
	Person
}

func TestEmbeddedFieldsAreSealed(t *testing.T) {
	d := newDoor(t, &employee{})
	e := employee{ID: 1}
	e.Email.Set(canary)
	e.Home.Phone.Set(canary)
	d.seal(t, &e)
	back := employee{ID: 1}
	scanInto(t, e.Email, &back.Email)
	scanInto(t, e.Home.Phone, &back.Home.Phone)
	scanInto(t, e.Home.Tok, &back.Home.Tok)
	d.open(t, &back)
	require.Equal(t, canary, back.Email.Get())
	require.Equal(t, canary, back.Home.Phone.Get())
	require.Equal(t, "employees.phone", d.Table("employees").Column("phone").Label())
}

func TestEmbeddedPrefixesNameTheColumns(t *testing.T) {
	type place struct {
		Street    ormhooks.Sealed[string] `cell:"token"`
		StreetTok ormhooks.Hidden         `db:"street__tok"`
	}
	s, err := ormhooks.NewSchema(struct {
		_    struct{} `cell:"table=t,bind=id"`
		ID   int64
		Home place `gorm:"embedded;embeddedPrefix:home_"`
		Work place `gorm:"embedded;embeddedPrefix:work_"`
	}{})
	require.NoError(t, err)
	require.Equal(t, "t.home_street", s.Table("t").Column("home_street").Label())
	require.Equal(t, "work_street__tok", s.Table("t").Column("work_street").Hidden())
}

func TestModelsOfPlainFieldsAreForTheDriverWrapper(t *testing.T) {
	s, err := ormhooks.NewSchema(
		schema.Table{Name: "literal", Bind: schema.Binding{Kind: schema.BindNothing}, Columns: []*schema.Column{{Name: "a", Mode: schema.ModeSeal, Type: "text"}}},
		patient{},
	)
	require.NoError(t, err)
	require.False(t, s.Table("literal").Explicit)
	require.True(t, s.Table("patients").Explicit)

	s, err = ormhooks.NewSchema(plainPatient{})
	require.NoError(t, err)
	for table := range s.Tables() {
		require.False(t, table.Explicit)
	}
	require.ErrorContains(t, ormhooks.Seal(ctx, celltest.Ring(t), s, &plainPatient{}), "no struct with Sealed fields")
}
