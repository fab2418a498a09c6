package ormhooks_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
)

type (
	level   uint8
	colour  string
	flag    bool
	blob    []byte
	celsius float32
	uuid    [16]byte
)

var someUUID = uuid{0x01, 0x8f, 0x3c, 0x5e, 0, 0xff, 0x7a, 0x10, 0x80, 0x80, 0xc1, 0xf5, 0x27, 0x5c, 0x0a, 0x22}

func TestPlainTypesComeBackFromEveryDatabase(t *testing.T) {
	runCases(t,
		values("string", "", " ", "a", canary, "zażółć 日本語 🦭", "'; DROP TABLE vault; --", "a\x00b", "\xff\xfe no UTF-8"),
		values("colour", colour(""), colour("red")),
		values("bytes", []byte{}, []byte{0}, []byte{0xc1, 0, 0, 0, 1}, []byte("\x80\x00\x00")),
		values("blob", blob{}, blob(canary)),
		values("raw message", json.RawMessage(`{"a":1}`)),
		values("bool", false, true),
		values("flag", flag(false), flag(true)),
		values("int", 0, math.MinInt, math.MaxInt),
		values("int8", int8(0), math.MinInt8, math.MaxInt8),
		values("int16", int16(0), math.MinInt16, math.MaxInt16),
		values("int32", int32(0), math.MinInt32, math.MaxInt32),
		values("int64", int64(0), math.MinInt64, math.MaxInt64),
		values("uint", uint(0), math.MaxUint),
		values("uint8", uint8(0), math.MaxUint8),
		values("uint16", uint16(0), math.MaxUint16),
		values("uint32", uint32(0), math.MaxUint32),
		values("uint64", uint64(0), math.MaxInt64+1, math.MaxUint64),
		values("level", level(0), level(255)),
		values("float32", 0, float32(math.Copysign(0, -1)), 0.1, -1.5, math.MaxFloat32, math.SmallestNonzeroFloat32, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN())),
		values("float64", 0, math.Copysign(0, -1), 0.1, -1.5, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), math.NaN()),
		values("celsius", celsius(-273.15)),
		values("uuid", someUUID, uuid{}),
		values("array", [16]byte(someUUID)),
		values("time", time.Time{}, time.Unix(0, 0), time.Date(2024, 2, 29, 23, 59, 59, 123456789, time.UTC),
			time.Date(1, 1, 1, 0, 0, 0, 1, time.FixedZone("east", 14*3600)), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.FixedZone("west", -12*3600)),
			time.Date(-4713, 11, 24, 0, 0, 0, 0, time.UTC), time.Now()),
	)
}

func TestAMebibyteComesBackFromEveryDatabase(t *testing.T) {
	runCases(t, values("bytes", bytes.Repeat([]byte{0}, 1<<20)), orNull("*string", nil, ptr(strings.Repeat("x", 1<<20+1))))
}

func TestPointersAndNullTypesComeBackFromEveryDatabase(t *testing.T) {
	at := time.Date(2024, 5, 6, 7, 8, 9, 10, time.UTC)
	runCases(t,
		orNull("*string", nil, ptr(""), ptr(canary)),
		orNull("**string", nil, ptr(ptr(canary))),
		orNull("*[]byte", nil, ptr([]byte{}), ptr([]byte{0})),
		orNull("[]byte", nil, []byte{}, []byte{1}),
		orNull("*bool", nil, ptr(false), ptr(true)),
		orNull("*int8", nil, ptr(int8(-128))),
		orNull("*uint64", nil, ptr(uint64(math.MaxUint64))),
		orNull("*float32", nil, ptr(float32(0.1))),
		orNull("*float64", nil, ptr(-0.5)),
		orNull("*time", nil, &at),
		orNull("*uuid", nil, ptr(someUUID)),
		orNull("*colour", nil, ptr(colour("red"))),
		orNull("NullString", sql.NullString{}, sql.NullString{Valid: true}, sql.NullString{String: canary, Valid: true}),
		orNull("NullInt64", sql.NullInt64{}, sql.NullInt64{Valid: true}, sql.NullInt64{Int64: math.MinInt64, Valid: true}),
		orNull("NullInt32", sql.NullInt32{}, sql.NullInt32{Int32: math.MinInt32, Valid: true}),
		orNull("NullInt16", sql.NullInt16{}, sql.NullInt16{Int16: math.MinInt16, Valid: true}),
		orNull("NullByte", sql.NullByte{}, sql.NullByte{Byte: 255, Valid: true}),
		orNull("NullBool", sql.NullBool{}, sql.NullBool{Valid: true}, sql.NullBool{Bool: true, Valid: true}),
		orNull("NullFloat64", sql.NullFloat64{}, sql.NullFloat64{Float64: 0.1, Valid: true}),
		orNull("NullTime", sql.NullTime{}, sql.NullTime{Time: at, Valid: true}),
		orNull("Null[string]", sql.Null[string]{}, sql.Null[string]{Valid: true}, sql.Null[string]{V: canary, Valid: true}),
		orNull("Null[uint64]", sql.Null[uint64]{}, sql.Null[uint64]{V: math.MaxUint64, Valid: true}),
		orNull("Null[uuid]", sql.Null[uuid]{}, sql.Null[uuid]{V: someUUID, Valid: true}),
		orNull("Null[[]byte]", sql.Null[[]byte]{}, sql.Null[[]byte]{V: []byte{}, Valid: true}),
		orNull("*NullString", nil, &sql.NullString{String: canary, Valid: true}),
	)
}
