package gostruct

import (
	"database/sql"
	"database/sql/driver"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type (
	names struct {
		First string `db:"first_name"`
		Last  string
	}
	Audit struct {
		CreatedAt time.Time
		By        names `gorm:"embedded;embeddedPrefix:by_"`
	}
	hidden struct{ Inner string }
	code   string
	Code   string

	// custom converts itself, so it is a column even when it is embedded.
	Custom struct{ S string }
)

func (Custom) Value() (driver.Value, error) { return "", nil }
func (*Custom) Scan(any) error              { return nil }

// columns are the names of a struct's columns, with the value each path leads to.
func columns(t *testing.T, model any) []string {
	t.Helper()
	var all []string
	v := reflect.New(reflect.TypeOf(model)).Elem()
	for _, f := range Read(reflect.TypeOf(model)).Fields {
		all = append(all, f.Column)
		require.Equal(t, f.Type, v.FieldByIndex(f.Path).Type(), f.Column)
		require.Equal(t, f.Name, v.Type().FieldByIndex(f.Path).Name, f.Column)
		require.True(t, v.FieldByIndex(f.Path).CanInterface() && v.FieldByIndex(f.Path).CanSet(), f.Column)
	}
	return all
}

func TestEmbeddedStructsFlatten(t *testing.T) {
	for name, c := range map[string]struct {
		model any
		want  []string
	}{
		"anonymous": {struct {
			ID int
			names
		}{}, []string{"id", "first_name", "last"}},
		"two deep": {struct {
			Audit
			ID int
		}{}, []string{"created_at", "by_first_name", "by_last", "id"}},
		"four deep": {struct {
			L1 struct {
				L2 struct {
					L3 struct{ A, B, C string } `gorm:"embedded"`
				} `gorm:"embedded"`
			} `gorm:"embedded"`
		}{}, []string{"a", "b", "c"}},
		"prefixes add up": {struct {
			Log Audit `gorm:"embedded;embeddedPrefix:log_"`
		}{}, []string{"log_created_at", "log_by_first_name", "log_by_last"}},
		"named is a column": {struct{ Names names }{}, []string{"names"}},
		"a custom type is a column": {struct {
			Custom
			N sql.NullString
		}{}, []string{"custom", "n"}},
		"unless the ORM is told": {struct {
			C Custom `gorm:"embedded"`
		}{}, []string{"s"}},
		"time is a column": {struct{ time.Time }{}, []string{"time"}},
		"embedded says nothing of a string": {struct {
			S string `gorm:"embedded"`
		}{}, []string{"s"}},
		"a named string is a column": {struct{ Code }{}, []string{"code"}},
		"nothing":                    {struct{}{}, nil},
	} {
		require.Equal(t, c.want, columns(t, c.model), name)
	}
}

func TestFieldsThatHaveNoColumnAreLostWithTheReason(t *testing.T) {
	model := struct {
		_        struct{} `cell:"table=t"`
		ID       int
		private  string `cell:"seal"`
		Ignored  string `gorm:"-" cell:"seal"`
		All      string `gorm:"-:all"`
		More     string `gorm:"-;type:text"`
		DB       string `db:"-"`
		Migrated string `gorm:"-:migration"`
		*names
		Audit  `gorm:"-"`
		secret hidden `gorm:"embedded"`
		code
	}{}
	_, _, _ = model.private, model.secret, model.code
	s := Read(reflect.TypeOf(model))
	lost := map[string]string{}
	for _, l := range s.Lost {
		lost[l.Name] = l.Why
	}
	require.Equal(t, map[string]string{
		"private": "is not exported", "secret": "is not exported", "code": "is not exported",
		"Ignored": "has no column", "All": "has no column", "More": "has no column", "DB": "has no column", "Audit": "has no column",
		"names": "is an embedded pointer, which may be nil: embed the struct itself",
	}, lost)
	require.Equal(t, []string{"id", "migrated"}, columns(t, model))
	require.Equal(t, "table=t", s.Tags.Get("cell"))
}

func TestThePrimaryKey(t *testing.T) {
	primary := func(model any) (all []string) {
		for _, f := range Read(reflect.TypeOf(model)).Fields {
			if f.Primary {
				all = append(all, f.Column)
			}
		}
		return all
	}
	require.Equal(t, []string{"id"}, primary(struct{ Name, ID string }{}))
	require.Equal(t, []string{"id"}, primary(struct {
		Key string `db:"id"`
	}{}))
	require.Equal(t, []string{"a", "b"}, primary(struct {
		ID int
		A  int `gorm:"primaryKey"`
		B  int `gorm:"PRIMARY_KEY"`
	}{}))
	require.Equal(t, []string{"id"}, primary(struct {
		ID int
		A  int `gorm:"primaryKey:false"`
	}{}))
	require.Empty(t, primary(struct{ Name string }{}))
}

func TestWhatTheDatabaseAssigns(t *testing.T) {
	s := Read(reflect.TypeOf(struct {
		A int `gorm:"autoIncrement"`
		B int `gorm:"autoIncrement:false"`
		C int `gorm:"default:7"`
		D int `gorm:"AUTOINCREMENT:true"`
		E int
	}{}))
	var assigned []string
	for _, f := range s.Fields {
		if f.Assigned {
			assigned = append(assigned, f.Column)
		}
	}
	require.Equal(t, []string{"a", "c", "d"}, assigned)
}

func TestORMOptionsAreReadWithoutRegardToCase(t *testing.T) {
	f := Field{Tag: `gorm:"Column: x ; uniqueIndex:idx_a,sort:desc;;NOT NULL"`}
	require.Equal(t, map[string]string{"column": "x", "uniqueindex": "idx_a,sort:desc", "not null": ""}, f.ORM())
}
