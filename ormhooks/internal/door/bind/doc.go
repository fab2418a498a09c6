// Package bind works out what one execution of a statement sends: cells, terms and tokens in the slots of a
// plan's texts, in place of what the caller gave.
//
//	texts := bind.New(dialect, plan, maxRows)             // of a statement, once
//	b := &bind.Binder{Texts: texts, Context: ctx, …}      // of one execution
//	call, err := b.Call(texts.Main, front, inline)        // what is sent, and what its result is read with
//
// What is made of a value is made once: a value that stands in a text twice is sealed once, and an index's terms
// are the same wherever they stand. A statement that goes row by row calls one Binder for every row,
// which has put it into Fetched before.
package bind
