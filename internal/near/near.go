// Package near guesses what a mistyped word was meant to be.
package near

import "strings"

// Word returns the first of words that got is but for its case or one letter, or "".
func Word(got string, words ...string) string {
	got = strings.ToLower(got)
	for _, w := range words {
		if got == w || oneOff(got, w) {
			return w
		}
	}
	return ""
}

// oneOff reports whether a is b with one letter too many, too few, another, or two swapped.
func oneOff(a, b string) bool {
	switch d := len(a) - len(b); {
	case d == 1 || d == -1:
		if d < 0 {
			a, b = b, a
		}
		for i := range len(a) {
			if a[:i]+a[i+1:] == b {
				return true
			}
		}
	case d == 0:
		differ := 0
		for i := range len(a) {
			if a[i] != b[i] {
				differ++
			}
		}
		if differ == 1 {
			return true
		}
		for i := range len(a) - 1 {
			if a[:i]+a[i+1:i+2]+a[i:i+1]+a[i+2:] == b {
				return true
			}
		}
	}
	return false
}
