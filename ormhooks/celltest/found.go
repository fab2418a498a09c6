package celltest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf16"
)

// minCanary is how short a canary may be: shorter ones turn up by chance, and are not
// long enough to be recognized in base64.
const minCanary = 8

// Found returns which of the canaries, counted from 0, can be seen in data, as it is,
// in UTF-16, in hex or in base64, in whatever case, and "" if none. It never returns a
// canary itself. Use it on what [AssertSealed] does not look at: a log, a dump, the files
// of a SQLite database.
//
// It does not see what was compressed, escaped or cut in pieces: take canaries of
// letters and digits, 8 bytes and more, which no escaping changes.
func Found(data []byte, canaries ...string) string {
	lower := bytes.ToLower(data)
	for i, c := range canaries {
		for _, form := range forms(c) {
			if bytes.Contains(data, form) || bytes.Contains(lower, bytes.ToLower(form)) {
				return strconv.Itoa(i)
			}
		}
	}
	return ""
}

// forms are the ways a canary may have been written. Base64 of it inside a longer
// text depends on where it begins, hence three alignments without their ends.
func forms(canary string) [][]byte {
	all := [][]byte{[]byte(canary), []byte(hex.EncodeToString([]byte(canary)))}
	var little, big []byte
	for _, unit := range utf16.Encode([]rune(canary)) {
		little = append(little, byte(unit), byte(unit>>8))
		big = append(big, byte(unit>>8), byte(unit))
	}
	all = append(all, little, big)
	for shift := range 3 {
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + canary))
		from, to := (shift*8+5)/6, (shift+len(canary))*8/6
		if to-from >= minCanary {
			inner := text[from:to]
			all = append(all, []byte(inner), []byte(strings.NewReplacer("+", "-", "/", "_").Replace(inner)))
		}
	}
	return all
}
