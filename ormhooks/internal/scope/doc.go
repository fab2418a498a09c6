// Package scope says in whose scope a call works: that of the context, of the row, or of
// both, which must agree.
//
// With a scope every tenant has keys of its own, so to choose the scope is to choose whose data
// may be read. The row's column names the tenant where there is a row; a look-up has none, and
// takes it from the context; where both speak and differ, somebody reads a row of
// another tenant, and is refused. An empty id in the context is refused too, and not
// taken for none: it is what an unset session variable gives.
//
//	ctx = scope.With(ctx, "tenant", "north")
//	path, problem := scope.Of(ctx, table, id) // id is the row's, or ""
//
// It stands below both packages that need it: ormhooks, which gives WithScope to programs, and
// the door, which must come to the same answer.
package scope
