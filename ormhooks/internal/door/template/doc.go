// Package template turns a plan's text with its slots into text with placeholders, or with
// literals where a statement without arguments is to stay one.
//
// A plan is made once and executed often, each time with other values, and how many there are
// of them is not in the plan: a look-up has one term for each enabled index key. So the
// numbering of placeholders, which PostgreSQL has and the others have not, is left to the
// moment when the values are there:
//
//	t := template.New(d, plan.Text)                                    // once
//	front, given, err := template.Match(plan.Params, inputs, args)     // whose argument is which
//	text, args := t.Fill(values, front)                                // values are those of t.Slots
//	text := t.Inline(values)
//
// Outside rotations the number of terms does not change, and [Template.Fill] gives the same
// text each time, which it keeps and which servers have prepared. Literals are written so that
// they need no escape that a setting of the server could turn off.
package template
