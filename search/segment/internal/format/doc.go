// Package format is search/FORMAT.md §2 to the byte: what is sealed into the tables, and how
// it is opened again. It does no I/O. Whatever was not written so is an error, and no input makes
// it panic or ask for more memory than a small multiple of its length.
package format
