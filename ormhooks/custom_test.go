package ormhooks_test

import (
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
)

// money is a decimal as libraries have them: a struct that yields text.
type money struct{ r *big.Rat }

func euros(s string) money {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return money{r}
}

func (m money) Value() (driver.Value, error) {
	if m.r == nil {
		return nil, errors.New("no money")
	}
	return m.r.FloatString(4), nil
}

func (m *money) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("want text and got a %T", src)
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return errors.New("bad money: " + s)
	}
	m.r = r
	return nil
}

// libraryUUID converts as every UUID library does: to text, and from text and bytes.
type libraryUUID [16]byte

func (u libraryUUID) Value() (driver.Value, error) { return u.String(), nil }

func (u libraryUUID) String() string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

func (u *libraryUUID) Scan(src any) error {
	var b []byte
	var err error
	switch v := src.(type) {
	case []byte:
		b = v
		if len(b) != 16 {
			return u.Scan(string(v))
		}
	case string:
		b, err = hex.DecodeString(strings.ReplaceAll(v, "-", ""))
	}
	if err != nil || len(b) != 16 {
		return errors.New("no UUID")
	}
	*u = libraryUUID(b)
	return nil
}

type (
	secretWord string             // stored turned round
	stamp      struct{ d int64 }  // stored as a time
	switched   bool               // stored as a number
	tags       []string           // stored joined, nil as NULL
	inPlace    struct{ s string } // converts through a pointer only
)

func turned(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

func (w secretWord) Value() (driver.Value, error) { return turned(string(w)), nil }
func (w *secretWord) Scan(src any) error {
	b, ok := src.([]byte)
	if s, isText := src.(string); isText {
		b, ok = []byte(s), true
	}
	*w = secretWord(turned(string(b)))
	return wantOK(ok)
}

func (s stamp) Value() (driver.Value, error) { return time.Unix(s.d*86400, 0), nil }
func (s *stamp) Scan(src any) error {
	at, ok := src.(time.Time)
	s.d = at.Unix() / 86400
	return wantOK(ok)
}

func (s switched) Value() (driver.Value, error) {
	if s {
		return int64(1), nil
	}
	return int64(0), nil
}
func (s *switched) Scan(src any) error {
	n, ok := src.(int64)
	*s = n == 1
	return wantOK(ok)
}

func (l tags) Value() (driver.Value, error) {
	if l == nil {
		return nil, nil
	}
	return strings.Join(l, ","), nil
}
func (l *tags) Scan(src any) error {
	s, ok := src.(string)
	*l = strings.Split(s, ",")
	return wantOK(ok)
}

func (p *inPlace) Value() (driver.Value, error) { return "<" + p.s + ">", nil }
func (p *inPlace) Scan(src any) error {
	s, ok := src.(string)
	p.s = strings.Trim(s, "<>")
	return wantOK(ok)
}

func wantOK(ok bool) error {
	if !ok {
		return errors.New("unexpected type")
	}
	return nil
}

func TestTypesWithTheirOwnValuerComeBackFromEveryDatabase(t *testing.T) {
	runCases(t,
		values("uuid of a library", libraryUUID(someUUID), libraryUUID{}),
		orNull("*uuid of a library", nil, ptr(libraryUUID(someUUID))),
		orNull("Null[uuid of a library]", sql.Null[libraryUUID]{}, sql.Null[libraryUUID]{V: libraryUUID(someUUID), Valid: true}),
		values("text", secretWord(""), secretWord(canary)),
		orNull("*text", nil, ptr(secretWord(canary))),
		orNull("Null[text]", sql.Null[secretWord]{}, sql.Null[secretWord]{V: canary, Valid: true}),
		values("time", stamp{}, stamp{20000}, stamp{-1}),
		values("int", switched(false), switched(true)),
		values("through a pointer", inPlace{}, inPlace{canary}),
		orNull("*through a pointer", nil, &inPlace{canary}),
		orNull("Null[through a pointer]", sql.Null[inPlace]{}, sql.Null[inPlace]{V: inPlace{canary}, Valid: true}),
	)
}

// A declaredVault is a vault whose Go types do not say what they yield.
type moneyVault struct {
	ID     int64                           `db:"id"`
	_      struct{}                        `cell:"table=vault,bind=id"`
	Sealed ormhooks.Sealed[money]          `db:"sealed" cell:"seal,type=decimal"`
	Exact  ormhooks.Sealed[money]          `db:"padded" cell:"seal,type=numeric(10,2)"`
	Null   ormhooks.Sealed[*money]         `db:"armoured" cell:"seal,text,type=decimal"`
	Tags   ormhooks.Sealed[tags]           `db:"tokened" cell:"token,type=text"`
	TagTok ormhooks.Hidden                 `db:"tokened__tok"`
	UUID   ormhooks.Sealed[pgtype.UUID]    `db:"free" cell:"seal,text,type=uuid"`
	Num    ormhooks.Sealed[pgtype.Numeric] `db:"keyed" cell:"seal,type=decimal"`
	Text   ormhooks.Sealed[pgtype.Text]    `db:"free_token" cell:"token,type=text"`
	TextT  ormhooks.Hidden                 `db:"free_token__tok"`
}

func TestTypesThatYieldNullAreDeclared(t *testing.T) {
	_, err := ormhooks.NewSchema(vault[tags]{})
	require.ErrorContains(t, err, "type=")
	_, err = ormhooks.NewSchema(vault[money]{})
	require.ErrorContains(t, err, "type=")

	d := newDoor(t, moneyVault{})
	row := &moneyVault{ID: 1}
	row.Sealed.Set(euros("-12.3456"))
	row.Exact.Set(euros("0.125"))
	row.Null.Set(nil)
	row.Tags.Set(nil)
	row.UUID.Set(pgtype.UUID{Bytes: someUUID, Valid: true})
	row.Num.Set(pgtype.Numeric{Int: big.NewInt(125), Exp: -2, Valid: true})
	row.Text.Set(pgtype.Text{})
	d.seal(t, row)

	back := throughTheDriver(t, row)
	d.open(t, back)
	require.Equal(t, "-12.3456", back.Sealed.Get().r.FloatString(4))
	require.Equal(t, "0.13", back.Exact.Get().r.FloatString(2))
	require.Nil(t, back.Null.Get())
	require.Nil(t, back.Tags.Get())
	require.Equal(t, row.UUID.Get(), back.UUID.Get())
	require.Equal(t, row.Num.Get(), back.Num.Get())
	require.Equal(t, row.Text.Get(), back.Text.Get())
}

// throughTheDriver is a row as a database would return it.
func throughTheDriver[R any](t testing.TB, row *R) *R {
	t.Helper()
	back := new(R)
	_, from := columnsOf(row)
	_, to := columnsOf(back)
	for i, f := range valuesOf(from) {
		switch v := f.(type) {
		case driver.Valuer:
			value, err := v.Value()
			if errors.Is(err, ormhooks.ErrUnsealed) {
				continue // was not set, so it is not written
			}
			require.NoError(t, err)
			require.NoError(t, to[i].(sql.Scanner).Scan(value))
		default:
			*to[i].(*int64) = v.(int64)
		}
	}
	return back
}

// Errors of the application's own methods may quote the value: none is passed on.
func TestErrorsOfValuersAndScannersAreNotPassedOn(t *testing.T) {
	d := newDoor(t, moneyVault{})
	row := &moneyVault{ID: 1}
	row.Sealed.Set(money{})
	require.NotContains(t, d.sealErr(t, row).Error(), "no money")

	plain := newDoor(t, asText{})
	other := &asText{ID: 1}
	other.Sealed.Set(canary)
	plain.seal(t, other)
	back := &moneyVault{ID: 1}
	value, err := other.Sealed.Value()
	require.NoError(t, err)
	require.NoError(t, back.Sealed.Scan(value))
	d.openErr(t, back)
}

type asText struct {
	_      struct{}                `cell:"table=vault,bind=id"`
	ID     int64                   `db:"id"`
	Sealed ormhooks.Sealed[string] `db:"sealed" cell:"seal"`
}

// lazyKey is a key that may not know itself.
type lazyKey struct{ id string }

func (k *lazyKey) Value() (driver.Value, error) {
	switch {
	case k.id == "null":
		return nil, nil
	case strings.HasPrefix(k.id, "refuse"):
		return nil, errors.New("no key: " + k.id)
	}
	return k.id, nil
}

func (k *lazyKey) Scan(src any) error {
	k.id, _ = src.(string)
	return nil
}
