// Package profile is the arithmetic of a Smoothed index (search/FORMAT.md §5): which
// part of the unit interval belongs to which value, where buckets begin and end, and
// the bytes of both. It knows no key and draws nothing itself.
package profile
