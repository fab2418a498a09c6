package ormhooks_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

type patient struct {
	_       struct{}                 `cell:"table=patients,bind=id"`
	ID      int64                    `db:"id"`
	Email   ormhooks.Sealed[string]  `db:"email" cell:"seal" search:"exact,trim,fold,unique"`
	EmailEq ormhooks.Hidden          `db:"email__eq"`
	SSN     ormhooks.Sealed[*string] `db:"ssn" cell:"token"`
	SSNTok  ormhooks.Hidden          `db:"ssn__tok"`
}

// shown is a patient, and everything that could hold one.
func shown(t testing.TB) (all []any, secrets []string) {
	d := newDoor(t, patient{})
	p := patient{ID: 1}
	p.Email.Set(canary)
	p.SSN.Set(ptr(canary))
	plain := p
	d.seal(t, &p)
	opened := throughTheDriver(t, &p)
	d.open(t, opened)
	for _, p := range []patient{plain, p, *opened} {
		all = append(all,
			p, &p, []patient{p}, []*patient{&p}, map[string]patient{"a": p}, struct{ patient }{p}, struct{ p patient }{p}, struct{ p *patient }{&p},
			p.Email, &p.Email, []ormhooks.Sealed[string]{p.Email}, map[int]any{1: p.Email}, struct{ e ormhooks.Sealed[string] }{p.Email},
			struct{ E any }{p.Email}, struct{ e any }{p.Email}, struct{ e []ormhooks.Sealed[string] }{[]ormhooks.Sealed[string]{p.Email}},
			p.SSN, &p.SSN, struct{ s *ormhooks.Sealed[*string] }{&p.SSN},
			p.EmailEq, &p.SSNTok, struct{ h ormhooks.Hidden }{p.EmailEq}, struct{ H any }{&p.EmailEq},
		)
	}
	term, err := p.EmailEq.Value()
	require.NoError(t, err)
	// A term in a log would let a reader of the log find the row, so it counts.
	return all, []string{canary, string(term.([]byte)), fmt.Sprint(term)}
}

func TestNoVerbShowsAValueOrATerm(t *testing.T) {
	all, secrets := shown(t)
	var verbs []string
	for c := ' '; c <= '~'; c++ {
		if strings.ContainsRune("%*[]0123456789.", c) {
			continue
		}
		verbs = append(verbs, "%"+string(c), "%+"+string(c), "%#"+string(c), "% "+string(c), "%-30.20"+string(c))
	}
	for _, v := range all {
		for _, verb := range verbs {
			require.Empty(t, celltest.Found(fmt.Appendf(nil, verb, v), secrets...), "%T under %s", v, verb)
		}
		require.Empty(t, celltest.Found(fmt.Append(nil, v), secrets...), "%T", v)
	}
}

func TestTheRedactedFormSaysWhatItIs(t *testing.T) {
	s := ormhooks.New(canary)
	require.Equal(t, "Sealed(redacted)", fmt.Sprint(s))
	require.Equal(t, "Sealed(redacted)", fmt.Sprintf("%#v", &s))
	require.Equal(t, "Hidden(redacted)", fmt.Sprintf("%d", ormhooks.Hidden{}))
	require.Equal(t, "{Sealed(redacted)}", fmt.Sprintf("%v", struct{ S ormhooks.Sealed[string] }{s}))
}

func TestNoLogShowsAValueOrATerm(t *testing.T) {
	all, secrets := shown(t)
	var out bytes.Buffer
	loggers := []*slog.Logger{slog.New(slog.NewJSONHandler(&out, nil)), slog.New(slog.NewTextHandler(&out, nil))}
	for _, v := range all {
		for _, l := range loggers {
			l.Info("with", "v", v, slog.Group("g", "v", v))
			l.With("v", v).Error("with", slog.Any("error", fmt.Errorf("about %v", v)))
		}
		log.New(&out, "", 0).Println(v)
	}
	require.Empty(t, celltest.Found(out.Bytes(), secrets...))
	require.Contains(t, out.String(), `"v":"Sealed(redacted)"`)
	require.Contains(t, out.String(), `"v":"Hidden(redacted)"`)
}

func TestJSONIsRefusedHoweverDeepTheValueIs(t *testing.T) {
	all, secrets := shown(t)
	all = append(all, ormhooks.Sealed[string]{}, ormhooks.Hidden{}, patient{})
	refused := 0
	for _, v := range all {
		b, err := json.Marshal(v)
		require.Empty(t, celltest.Found(b, secrets...), "%T", v)
		if err == nil {
			require.Contains(t, []string{"{}", "{\"patient\":{}}"}, string(b), "%T: fields that are not exported are left out", v)
			continue
		}
		require.ErrorIs(t, err, ormhooks.ErrNoJSON, "%T", v)
		harmless(t, err)
		refused++
	}
	require.Greater(t, refused, len(all)/2)
}

func TestJSONIsNotReadEither(t *testing.T) {
	p := patient{ID: 1}
	p.Email.Set("before")
	for _, text := range []string{`{"Email":"x"}`, `{"Email":null}`, `{"Email":{}}`, `{"EmailEq":"x"}`, `{"EmailEq":null}`, `{"EmailEq":{}}`} {
		require.ErrorIs(t, json.Unmarshal([]byte(text), &p), ormhooks.ErrNoJSON, text)
	}
	require.ErrorIs(t, json.Unmarshal([]byte(`[{"Email":1}]`), &[]*patient{}), ormhooks.ErrNoJSON)
	require.Equal(t, "before", p.Email.Get())
	require.NoError(t, json.Unmarshal([]byte(`{"ID":2}`), &p))
}

func TestOtherEncodersShowNothing(t *testing.T) {
	all, secrets := shown(t)
	for _, v := range all {
		var out bytes.Buffer
		_ = gob.NewEncoder(&out).Encode(v) // whether it fails is its own affair
		b, _ := xml.Marshal(v)
		require.Empty(t, celltest.Found(append(out.Bytes(), b...), secrets...), "%T", v)
	}
}

func TestAPanicShowsNothing(t *testing.T) {
	all, secrets := shown(t)
	for _, v := range all {
		func() {
			defer func() { require.Empty(t, celltest.Found(fmt.Append(nil, recover()), secrets...)) }()
			panic(fmt.Errorf("%w: %v", errors.New("failed"), v))
		}()
	}
}
