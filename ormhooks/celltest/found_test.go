package celltest_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// Its base64 has a + or a / at every alignment, and its bytes are no ASCII throughout.
const canary = "canary-7f3a>>>???~~~Österreich"

// written is a canary in every form that Found knows.
func written(canary string) map[string]string {
	forms := map[string]string{
		"raw":       canary,
		"upper":     strings.ToUpper(canary),
		"hex":       hex.EncodeToString([]byte(canary)),
		"HEX":       strings.ToUpper(hex.EncodeToString([]byte(canary))),
		`\x`:        `\x` + hex.EncodeToString([]byte("before"+canary)),
		"UTF-16LE":  encode16(binary.LittleEndian, canary),
		"UTF-16BE":  encode16(binary.BigEndian, canary),
		"inside":    "before " + canary + " behind",
		"in JSON":   fmt.Sprintf(`{"email":"%s"}`, canary),
		"in binary": "\xc3\xff\x00" + canary + "\xff\xfe",
	}
	for shift := range 6 {
		for name, encoding := range map[string]*base64.Encoding{
			"std": base64.StdEncoding, "url": base64.URLEncoding, "rawstd": base64.RawStdEncoding, "rawurl": base64.RawURLEncoding,
		} {
			text := strings.Repeat("x", shift) + canary
			forms[fmt.Sprintf("base64 %s %d", name, shift)] = encoding.EncodeToString([]byte(text))
			forms[fmt.Sprintf("base64 %s %d and more", name, shift)] = encoding.EncodeToString([]byte(text + "behind"))
		}
	}
	return forms
}

func encode16(order binary.AppendByteOrder, s string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

func TestFoundKnowsItsForms(t *testing.T) {
	require.Contains(t, written(canary)["base64 std 0"], "/")
	for shift := range 3 {
		require.NotEqual(t, written(canary)[fmt.Sprintf("base64 std %d", shift)], written(canary)[fmt.Sprintf("base64 url %d", shift)])
	}
	for _, c := range []string{canary, "8 bytes!", "4111111111111111", "ABCDEFGH"} {
		for form, text := range written(c) {
			require.Equal(t, "0", celltest.Found([]byte(text), c), "%s: %s", form, c)
			require.Equal(t, "1", celltest.Found([]byte(text), "another one", c, c), "%s: %s", form, c)
		}
	}
}

func TestFoundFindsNothingElse(t *testing.T) {
	sealed := row(t, celltest.Ring(t)).Seal("c", []byte(canary))
	for _, data := range [][]byte{
		nil, {}, []byte("canary-7f3b and others"), []byte(canary[:len(canary)-1]), sealed, []byte(cell.Text(sealed)), bytes.Repeat([]byte{0xff}, 99),
	} {
		require.Empty(t, celltest.Found(data, canary))
	}
	require.Empty(t, celltest.Found([]byte(canary)))
}
