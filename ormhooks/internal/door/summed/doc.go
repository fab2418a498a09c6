// Package summed numbers what is written for running sums (package search/sum), and has the database add it up.
//
//	taker := &summed.Taker{Context: ctx, Conn: conn, …}   // of one execution
//	taker.Want(place)                                     // for each value
//	n, masked, err := taker.Number(place, value)          // all numbers of a group are taken at once
//
//	totals := &summed.Totals{…}                           // of plan.Totals
//	answered, err := totals.Answer()                      // or what is asked is cheaper to gather
//
// A [Place] says whose numbers: those of a running sum, of a scope, of a group. Groups are taken in one order by
// everybody, so that writers of several wait for one another and do not deadlock.
package summed
