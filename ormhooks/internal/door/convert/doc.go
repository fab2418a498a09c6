// Package convert is what drivers and servers do to values, done where neither sees them any
// more: it takes arguments and constants to a protected column's declared type, and opened
// values to what the bare driver would have delivered.
package convert
