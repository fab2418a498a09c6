package schema_test

import (
	"time"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/search"
)

// RichPatient and RichVisit have something of everything. richTables are the same as
// literals.
type RichPatient struct {
	_        struct{} `cell:"table=patients_2031,name=patients,bind=clinic+number,scope=tenant(clinic)"`
	_        struct{} `search:"exact,on=surname(trim+fold)+born,name=person"`
	Clinic   UUID
	Number   int64             `gorm:"column:number_2031" cell:"name=number"`
	Email    string            `cell:"seal" search:"exact,email,unique,scope=none;exact,first(6),name=start,bits=20"`
	SSN      *string           `cell:"token,name=social_security_number"`
	Phone    string            `cell:"imprint,alphabet=digits,keep" search:"exact,digits,unique(clinic)"`
	Locker   string            `cell:"imprint,alphabet=hex(0123456789abcdef),compartment=lockers,bind=column,consistent"`
	Surname  string            `cell:"seal,pad=32"`
	Born     time.Time         `cell:"seal,type=timestamp(0)"`
	Debt     string            `cell:"seal,type=numeric(10,2),pad=16" search:"exact"`
	Alive    bool              `cell:"seal,compartment=medical,bind=row_key" search:"exact,leaks=frequency"`
	Findings map[string]string `cell:"seal,json,text,compartment=medical,bind=row_key"`
}

type RichVisit struct {
	_    struct{} `cell:"table=visits"`
	ID   UUID
	Room []byte `cell:"imprint"`
	Note string `cell:"seal,type=varchar(80)" search:"exact,unique(where=deleted IS NULL)"`
}

func richTables() []any {
	medical := schema.Binding{Kind: schema.BindRowKey}
	hex, err := cell.NewAlphabet("hex", "0123456789abcdef")
	if err != nil {
		panic(err)
	}
	return []any{
		schema.Table{
			Name: "patients_2031", Logical: "patients",
			Scope: schema.Scope{Kind: "tenant", Column: "clinic"},
			Bind:  schema.Binding{Kind: schema.BindColumns, Columns: []string{"clinic", "number"}},
			Columns: []*schema.Column{
				{Name: "clinic", Type: "uuid"},
				{Name: "number_2031", Logical: "number", Type: "int"},
				{Name: "email", Mode: schema.ModeSeal, Type: "text"},
				{Name: "ssn", Logical: "social_security_number", Mode: schema.ModeToken, Type: "text", Nullable: true},
				{Name: "phone", Mode: schema.ModeImprint, Type: "text", Alphabet: cell.Digits, KeepOthers: true},
				{Name: "locker", Mode: schema.ModeImprint, Type: "text", Alphabet: hex, Compartment: "lockers", Bind: schema.Binding{Kind: schema.BindNothing}, Consistent: true},
				{Name: "surname", Mode: schema.ModeSeal, Type: "text", Pad: 32},
				{Name: "born", Mode: schema.ModeSeal, Type: "timestamp(0)"},
				{Name: "debt", Mode: schema.ModeSeal, Type: "numeric(10,2)", Pad: 16},
				{Name: "alive", Mode: schema.ModeSeal, Type: "bool", Compartment: "medical", Bind: medical},
				{Name: "findings", Mode: schema.ModeSeal, Type: "json", Text: true, Compartment: "medical", Bind: medical},
			},
			Indexes: []*schema.Index{
				{Kind: "exact", Name: "person", Columns: []search.Column{{Name: "surname", Transforms: []search.Transform{search.Trim, search.Fold}}, {Name: "born"}}},
				{Kind: "exact", Columns: []search.Column{{Name: "email", Transforms: []search.Transform{search.Email}}}, Unique: true, Unscoped: true},
				{Kind: "exact", Name: "start", Columns: []search.Column{{Name: "email", Transforms: []search.Transform{search.First(6)}}}, Bits: 20},
				{Kind: "exact", Columns: []search.Column{{Name: "phone", Transforms: []search.Transform{search.Digits}}}, Unique: true, UniqueWith: []string{"clinic"}},
				{Kind: "exact", Columns: []search.Column{{Name: "debt"}}},
				{Kind: "exact", Columns: []search.Column{{Name: "alive"}}, AcceptFrequencyLeak: true},
			},
		},
		&schema.Table{
			Name: "visits",
			Bind: schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}},
			Columns: []*schema.Column{
				{Name: "id", Type: "uuid"},
				{Name: "room", Mode: schema.ModeImprint, Type: "bytes"},
				{Name: "note", Mode: schema.ModeSeal, Type: "varchar(80)"},
			},
			Indexes: []*schema.Index{{Kind: "exact", Columns: []search.Column{{Name: "note"}}, Unique: true, UniqueWhere: "deleted IS NULL"}},
		},
	}
}
