// Package upkeep is what an index needs beside writes and searches: pending rows become segments, segments
// of one level become one of the next, and what was replaced is deleted. All of it can be
// killed anywhere and done by several at once; commit.go says why.
package upkeep
