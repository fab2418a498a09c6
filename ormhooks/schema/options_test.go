package schema_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// tagged declares a table t with a key and the column value, of type T and with a tag.
func tagged[T any](tag string) any {
	return reflect.Zero(reflect.StructOf([]reflect.StructField{
		{Name: "_", PkgPath: "test", Type: reflect.TypeFor[struct{}](), Tag: `cell:"table=t"`},
		{Name: "ID", Type: reflect.TypeFor[UUID]()},
		{Name: "Value", Type: reflect.TypeFor[T](), Tag: reflect.StructTag(tag)},
	})).Interface()
}

func cellTag(options string) string { return fmt.Sprintf("cell:%q", options) }

func TestOptionsSayWhatTheySay(t *testing.T) {
	for tag, want := range map[string]schema.Column{
		"seal":                           {Mode: schema.ModeSeal},
		" seal , text ":                  {Mode: schema.ModeSeal, Text: true},
		"token":                          {Mode: schema.ModeToken},
		"imprint":                        {Mode: schema.ModeImprint},
		"imprint,bind=column,consistent": {Mode: schema.ModeImprint, Consistent: true, Bind: schema.Binding{Kind: schema.BindNothing}},
		"imprint,alphabet=digits":        {Mode: schema.ModeImprint, Alphabet: cell.Digits},
		"imprint,alphabet=alnum,keep":    {Mode: schema.ModeImprint, Alphabet: cell.Alnum, KeepOthers: true},
		"seal,pad=2":                     {Mode: schema.ModeSeal, Pad: 2},
		"seal,pad=1073741824":            {Mode: schema.ModeSeal, Pad: 1 << 30},
		"seal,text,pad=64":               {Mode: schema.ModeSeal, Pad: 64, Text: true},
		"seal,compartment=medical":       {Mode: schema.ModeSeal, Compartment: "medical"},
		"token,bind=row_key":             {Mode: schema.ModeToken, Bind: schema.Binding{Kind: schema.BindRowKey}},
		"seal,name=v":                    {Mode: schema.ModeSeal, Logical: "v"},
		"seal,type=varchar(9)":           {Mode: schema.ModeSeal, Type: "varchar(9)"},
		"seal,json":                      {Mode: schema.ModeSeal, Type: "json"},
	} {
		t.Run(tag, func(t *testing.T) {
			if want.Logical == "" {
				want.Logical = "value"
			}
			if want.Compartment == "" {
				want.Compartment = "default"
			}
			if want.Type == "" {
				want.Type = "text"
			}
			if want.Bind.Kind == "" {
				want.Bind = schema.Binding{Kind: schema.BindColumns, Columns: []string{"id"}}
			}
			got := only(t, must(t, tagged[string](cellTag(tag)))).ColumnNamed("value")
			require.Equal(t, want, schema.Column{
				Logical: got.Logical, Mode: got.Mode, Type: got.Type, Compartment: got.Compartment, Bind: got.Bind, Pad: got.Pad,
				Alphabet: got.Alphabet, KeepOthers: got.KeepOthers, Consistent: got.Consistent, Text: got.Text,
			})
		})
	}
}

func TestAnAlphabetOfOnesOwn(t *testing.T) {
	table := only(t, must(t, tagged[string](cellTag("imprint,alphabet=hex(0123456789abcdef)"))))
	require.Equal(t, "hex", table.Column("value").Alphabet.Name())
	require.Equal(t, "0123456789abcdef", table.Column("value").Alphabet.Chars())
}

func TestOptionsThatAreNotUnderstood(t *testing.T) {
	const known = "want one of name=, compartment=, bind=, type=, pad=, alphabet=, keep, consistent, text, json"
	for tag, says := range map[string]string{
		`cell:""`:                      `tag cell: "" is no option: want name, name=value or name(argument)`,
		`cell:"-"`:                     `a cell tag begins with seal, token or imprint, and not with "-"`,
		`cell:"seal,"`:                 `tag cell: "" is no option`,
		`cell:"Seal"`:                  `a cell tag begins with seal, token or imprint, and not with "Seal"`,
		`cell:"sealed"`:                `and not with "sealed"`,
		`cell:"encrypt,pad=9"`:         `and not with "encrypt"`,
		`cell:"pad=9,seal"`:            `and not with "pad=9"`,
		`cell:"seal=yes"`:              `and not with "seal=yes"`,
		`cell:"name=v,seal"`:           `a cell tag begins with seal, token or imprint, and not with "name=v"`,
		`cell:"seal,token"`:            "is to be seal and token: a column has one mode",
		`cell:"seal;pad=16"`:           "a cell tag has one group: separate options with commas",
		`cell:"seal,padding=16"`:       `unknown option "padding=16": ` + known,
		`cell:"seal,bnd=id"`:           `unknown option "bnd=id": ` + known,
		`cell:"seal,nullable"`:         `unknown option "nullable": ` + known,
		`cell:"seal,pad"`:              `unknown option "pad": ` + known,
		`cell:"seal,pad="`:             `"pad=" is no option`,
		`cell:"seal,pad(16)"`:          `unknown option "pad(16)": ` + known,
		`cell:"seal,text=yes"`:         `unknown option "text=yes": ` + known,
		`cell:"seal,compartment"`:      `unknown option "compartment": ` + known,
		`cell:"seal,pad=(16"`:          "parentheses do not pair",
		`cell:"seal,table=t"`:          `unknown option "table=t": ` + known,
		`cell:"seal,unique"`:           `unknown option "unique": ` + known,
		`cell:"seal,pad=0"`:            "pad wants a bucket of 2 bytes to 1 GiB, as pad=256",
		`cell:"seal,pad=1"`:            "pad wants a bucket of 2 bytes to 1 GiB, as pad=256",
		`cell:"seal,pad=-16"`:          "pad wants a bucket of 2 bytes to 1 GiB, as pad=256",
		`cell:"seal,pad=1073741825"`:   "pad wants a bucket of 2 bytes to 1 GiB, as pad=256",
		`cell:"seal,pad=99999999999"`:  "pad wants a bucket of 2 bytes to 1 GiB, as pad=256",
		`cell:"seal,pad=many"`:         "pad wants a bucket of 2 bytes to 1 GiB, as pad=256",
		`cell:"seal,pad=16,pad=32"`:    "says pad twice",
		`cell:"seal,type=text,json"`:   "says type twice",
		`cell:"seal,json,json"`:        "says type twice",
		`cell:"seal,name=a,name=b"`:    "says name twice",
		`cell:"token,pad=16"`:          "pad is for seal: a token's ciphertext and an imprint keep the length",
		`cell:"imprint,pad=16"`:        "pad is for seal: a token's ciphertext and an imprint keep the length",
		`cell:"token,text"`:            "text is for seal: a token column and an imprint over bytes need a binary column",
		`cell:"imprint,text"`:          "an imprint over an alphabet is text already",
		`cell:"seal,alphabet=digits"`:  "alphabet is for imprint",
		`cell:"token,alphabet=digits"`: "alphabet is for imprint",
		`cell:"imprint,keep"`:          "keep needs an alphabet",
		`cell:"seal,keep"`:             "keep needs an alphabet",
		`cell:"seal,consistent"`:       "consistent is for imprint",
		`cell:"imprint,bind=column"`:   "an unbound imprint shows which rows hold equal values: bind it, or accept that with the option consistent",

		`cell:"imprint,alphabet=hex"`:        "alphabet=hex: want digits, alnum, or a name with its characters, as hex(0123456789abcdef)",
		`cell:"imprint,alphabet=hex(0123)x"`: "want digits, alnum, or a name with its characters",
		`cell:"imprint,alphabet=hex(0)"`:     "alphabet hex has 1 characters: want 2 to 256 of valid UTF-8",
		`cell:"imprint,alphabet=hex(00)"`:    "alphabet hex has a character twice, at 1",
		`cell:"imprint,alphabet=digits(01)"`: `alphabet "digits" is predeclared: choose another name`,
		`cell:"imprint,alphabet=(01)"`:       `alphabet name "": want one or more of A-Z a-z 0-9 _`,
		`cell:"imprint,alphabet=Digits"`:     "alphabet=Digits: want digits, alnum",
	} {
		t.Run(tag, func(t *testing.T) {
			_, err := schema.New(tagged[string](tag))
			found := problems(t, err)
			require.Len(t, found, 1, "%v", err)
			require.Equal(t, "Value", found[0].Field)
			require.Contains(t, found[0].Problem, says)
		})
	}
}

func TestTableOptionsThatAreNotUnderstood(t *testing.T) {
	const known = "want one of table=, name=, bind=, scope="
	for tag, says := range map[string]string{
		`cell:"seal"`:                       `unknown option "seal": ` + known,
		`cell:"table"`:                      `unknown option "table": ` + known,
		`cell:"tabel=t"`:                    `unknown option "tabel=t": ` + known,
		`cell:"compartment=x"`:              `unknown option "compartment=x": ` + known,
		`cell:"scope(tenant)"`:              `unknown option "scope(tenant)": ` + known,
		`cell:"table=t;bind=id"`:            "a cell tag has one group: separate options with commas",
		`cell:"table=a,table=b"`:            "says table twice",
		`cell:"bind=id,bind=row_key"`:       "says bind twice",
		`cell:"scope=tenant(a),scope=user"`: "says scope twice",
		`cell:"scope=(id)"`:                 "scope wants a kind, as scope=tenant or scope=tenant(clinic_id)",
		`cell:"scope=tenant()"`:             "scope wants a kind, as scope=tenant or scope=tenant(clinic_id)",
		`search:"exact"`:                    `a compound index names its columns: search:"exact,on=name(fold)+city(trim+fold)"`,
		`search:"exact,fold"`:               `unknown option "fold": want one of on=column(transform+transform)+column, unique`,
	} {
		t.Run(tag, func(t *testing.T) {
			_, err := schema.New(reflect.Zero(reflect.StructOf([]reflect.StructField{
				{Name: "_", PkgPath: "test", Type: reflect.TypeFor[struct{}](), Tag: reflect.StructTag(tag)},
				{Name: "ID", Type: reflect.TypeFor[UUID]()},
			})).Interface())
			found := problems(t, err)
			require.Equal(t, "_", found[0].Field)
			require.Contains(t, found[0].Problem, says)
		})
	}
}
