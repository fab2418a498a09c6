// Package message keeps an error that wraps another from naming the project twice.
package message

import (
	"regexp"
)

var prefix = regexp.MustCompile(`^cellseal(/[a-z]+)?: `)

// Bare returns an error's text without the prefix that says which package it is of.
func Bare(err error) string { return prefix.ReplaceAllString(err.Error(), "") }
