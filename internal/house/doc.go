// Package house holds no code, only the tests that keep the project's shape:
// which package may import which, how large files and packages may grow, and that
// nothing in the tree names a machine it was made on.
package house
