// Package searchtest is what tests of the packages below search have in common: fixed keys, the key
// tree worked out by hand with nothing but the standard library, and files of vectors. It is test
// support: import it from _test.go files only.
package searchtest
