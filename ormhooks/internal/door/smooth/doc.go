// Package smooth keeps the profiles of smoothed indexes (search.SmoothedIndex), and looks for rows by
// their tokens.
//
//	p := smooth.New(dialect, lease)                      // one for each database
//	err := p.Renew(ctx, over, 1)                         // which profiles there are, once in a lease
//	x, err := p.Of(ctx, over, keys, table, scope, index) // an *ormhooks.ProfileError if there is none
//	x.Token(row, value)                                  // what is written
//	q, err := smooth.Ask(x, values)                      // what is looked for, and what is found by it
//	p.Answer(search, over, value)                        // or the keys of the rows that hold one of the values
//
// Profiles are rows of the table cellseal_profiles. They go the way of the pins of unique indexes (package
// known): a new one is announced first, so that everybody looks for its tokens before anybody writes
// some, and lives when a lease has passed. A token says nothing of its profile, so those of all are
// looked for.
package smooth
