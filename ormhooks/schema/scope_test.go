package schema_test

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks/schema"
)

func TestScopesAreAKindAndPerhapsAColumn(t *testing.T) {
	for _, c := range []struct {
		model any
		want  schema.Scope
	}{
		{struct {
			_     struct{} `cell:"table=t,scope=tenant"`
			ID    UUID
			Email string `cell:"seal"`
		}{}, schema.Scope{Kind: "tenant"}},
		{struct {
			_      struct{} `cell:"table=t,scope=tenant(clinic)"`
			ID     UUID
			Clinic int64
			Email  string `cell:"seal"`
		}{}, schema.Scope{Kind: "tenant", Column: "clinic"}},
		{struct {
			_      struct{} `cell:"table=t,scope=tenant(clinic)"`
			ID     UUID
			Clinic UUID   `db:"clinic_2031" cell:"name=clinic"`
			Email  string `cell:"seal"`
		}{}, schema.Scope{Kind: "tenant", Column: "clinic"}},
		{struct {
			_     struct{} `cell:"table=t,scope=user(id),bind=id"`
			ID    string
			Email string `cell:"seal"`
		}{}, schema.Scope{Kind: "user", Column: "id"}},
	} {
		require.Equal(t, c.want, only(t, must(t, c.model)).Scope)
	}
}

func TestAnIndexMayLeaveTheScope(t *testing.T) {
	type Patient struct {
		_      struct{} `cell:"scope=tenant"`
		ID     UUID
		Email  string `cell:"seal" search:"exact;exact,scope=none,name=login"`
		Scopes string `cell:"seal"`
	}
	table := only(t, must(t, Patient{}))
	require.False(t, table.Indexes[0].Unscoped)
	require.True(t, table.Indexes[1].Unscoped)
}

func TestScopesThatNameNoTenant(t *testing.T) {
	const want = "want a field of that name, and a plain integer, UUID or text column that cannot be NULL"
	requireRefused(t, []refusal{
		{"kind", func() any {
			type Patient struct {
				_     struct{} `cell:"scope=my-tenant"`
				ID    UUID
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "", `scope kind "my-tenant": want A-Z a-z 0-9 _`},
		{"missing column", func() any {
			type Patient struct {
				_     struct{} `cell:"scope=tenant(clinic)"`
				ID    UUID
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "", "scope column clinic: " + want},
		{"something behind the column", func() any {
			type Patient struct {
				_     struct{} `cell:"scope=tenant(id)x"`
				ID    UUID
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "", "scope column id)x: " + want},
		{"protected column", func() any {
			type Patient struct {
				_     struct{} `cell:"scope=tenant(email)"`
				ID    UUID
				Email string `cell:"seal"`
			}
			return Patient{}
		}, "", "scope column email: " + want},
		{"nullable column", func() any {
			type Patient struct {
				_      struct{} `cell:"scope=tenant(clinic)"`
				ID     UUID
				Clinic sql.NullInt64
				Email  string `cell:"seal"`
			}
			return Patient{}
		}, "", "scope column clinic: " + want},
		{"bytes", func() any {
			type Patient struct {
				_      struct{} `cell:"scope=tenant(clinic)"`
				ID     UUID
				Clinic []byte
				Email  string `cell:"seal"`
			}
			return Patient{}
		}, "", "scope column clinic: " + want},
		{"float", func() any {
			type Patient struct {
				_      struct{} `cell:"scope=tenant(clinic)"`
				ID     UUID
				Clinic float64
				Email  string `cell:"seal"`
			}
			return Patient{}
		}, "", "scope column clinic: " + want},
	})
}
