// Package known keeps what is known of a database's catalogue, and reads it again when that may
// no longer hold.
//
//	c := known.New(dialect, schema, allowed)
//	g := c.Now()                      // not read yet: g.Catalog is nil
//	err := c.Load(ctx, over, g)       // unless somebody else has meanwhile
//	err := c.Renew(ctx, over, g)      // the keys of unique indexes alone, if they are as they were
//
// A [Generation] is the catalogue at one time. Plans are made with one, and are good while its
// number is the current one; a catalogue that is read anew and found unchanged keeps it.
package known
