// Package core reads segments: statements in every dialect, the manifest, pages by their labels, pending
// rows, what of them is kept in memory, and the walk over several segments in order. Package segment
// searches with it, package upkeep merges with it.
package core
