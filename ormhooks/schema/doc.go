// Package schema is the one declaration of what is protected, written as struct
// tags or as a literal [Table], and everything that can be said of it before a
// single key is at hand: whether it is sound ([New]), what it shows
// ([Schema.Leakage]), and whether a change of it would harm what is stored already
// ([Schema.CheckLock]).
//
//	type Patient struct {
//		_     struct{}  `cell:"table=patients,bind=id"`
//		ID    uuid.UUID `gorm:"primaryKey"`
//		Email string    `cell:"seal" search:"exact,trim,fold,unique"`
//		SSN   string    `cell:"token"`
//		Phone string    `cell:"imprint,alphabet=digits,keep" search:"exact,digits"`
//		Notes string    `cell:"seal,compartment=medical,pad=256"`
//	}
//
// A field's column is the one of its gorm or db tag, else its name in snake case.
// Package ormhooks makes schemas whose fields are ormhooks.Sealed too.
//
// # Tags
//
// On the field _, for the table:
//
//	cell:"table=patients"             the table's name; else TableName(), else the snake plural
//	cell:"name=patients"              its logical name, when the database's changes
//	cell:"bind=id"                    what rows are bound to: columns joined with +, the primary key by default
//	cell:"bind=row_key"               … a random column cellseal_row that the library keeps
//	cell:"bind=column"                … nothing: unbound cells
//	cell:"scope=tenant(clinic_id)"    keys per tenant: its kind, and the column that names it
//	search:"exact,on=name(fold)+city(fold)"   a compound index
//
// On a field, cell begins with the mode:
//
//	seal, token, imprint
//	compartment=medical               a guard of its own; bind= for its own binding
//	pad=256                           hides lengths, for seal
//	alphabet=digits, keep             for imprint: also alnum, or a name with its characters, as hex(0123456789abcdef)
//	consistent                        accepts that an unbound imprint shows equal values
//	type=numeric(10,2)                enforces a type, as the server no longer can; also timestamp(6), varchar(255), text, …;
//	                                  on an unprotected column, says what a Go type of your own is, to be bound to
//	json                              stores structs, maps and slices
//	text                              stores base64url, in a column that cannot hold bytes
//	name=email                        the logical name, when the database's changes; on unprotected columns too
//
// and search names indexes separated by ";", each beginning with its kind:
//
//	exact                             then transforms in the order they apply: trim, space, fold, email, digits, alnum, first(n), last(n)
//	unique, unique(tenant_id), unique(where=deleted_at IS NULL)
//	bits=24                           shorter terms
//	leaks=frequency                   accepts what an index over few values shows
//	scope=none                        one key for all tenants
//	name=last4                        of the hidden column phone__last4; else phone__eq
//
//	smoothed                          answers = and IN too, and hides how often values occur: see search.SmoothedIndex
//
// It takes transforms (not first and last), name= and scope=none, has its tokens in a hidden column as
// city__sm, and needs a bound column. Before the first row is written, and again when other values
// are frequent, an operator makes a profile with reseal.Profile. Each tenant needs one of its own;
// with scope=none there is one for all, which is what many small tenants want.
//
// Beside exact there are indexes that keep lists in tables of their own, and no column:
//
//	words                             words that a text has: cellseal_match(notes, ?)
//	substring                         what is anywhere in a text: LIKE '%xyz%', of 3 characters and more
//	fuzzy                             words that differ in one letter: cellseal_near(name, ?)
//	range, prefix                     < <= > >= BETWEEN, of every type but json; LIKE 'x%' of text
//	suffix                            LIKE '%x'
//
// They take transforms (trim, space, fold, digits, alnum), in which those of one column that answer LIKE
// agree, name= and scope=none. Their entries name
// a row by what its cells are bound to, which has a fixed width: integers, UUIDs, a varchar(n), up to
// 255 bytes of them, or bind=row_key.
//
// Whole numbers, and decimals of a fixed scale, can be added up by the database that cannot read them:
//
//	sum                               SUM, AVG and COUNT of however many rows; see package search/sum
//	sum,by=clinic+year                … kept by plain columns, by which it is grouped: writers of one group wait for one another
//	bound=1000000                     the largest value, 2^36 of an integer by default: larger ones are refused, and so is a sum that might not fit 64 bits
//
// Columns that the database compares with one another, in one table or in several, are in a join group:
//
//	join=email                        then transforms: o.email = u.email in ON, WHERE and IN (SELECT …)
//	leaks=equality                    accepts what it shows: which rows of all its columns hold equal values
//
// Its columns agree in their types, transforms and scopes. Under a scope tokens are of the scope, so rows
// of two tenants join with scope=none alone. A group of one column is allowed. As terms of a unique
// index are, tokens are under one index key: see [Schema.PinIndex].
//
// The transforms are the column's collation: rows whose values become equal are
// found together, and are duplicates to a unique index.
package schema
