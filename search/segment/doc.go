// Package segment is the engine below searches of more than equality: a sorted list of
// sealed entries in pages of equal size, cut into immutable segments (FORMAT.md §2).
package segment
