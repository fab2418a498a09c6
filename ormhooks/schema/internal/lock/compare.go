package lock

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Effects, in words.
const (
	Unreadable = "stored cells become unreadable"
	Unfindable = "stored rows are no longer found"
	LeaksMore  = "the database shows more than before"
	LeaksLess  = "the database shows less than before"
	Added      = "new"
	Gone       = "no longer declared"
	Harmless   = "what is stored is not affected"
)

// A Change is one effect of a difference between two Files.
type Change struct{ What, Effect, Detail, Do string }

const (
	record   = "record it with CELLSEAL_LOCK=record go test"
	accept   = "record it with CELLSEAL_LOCK=accept go test"
	migrate  = "take the change back, and keep the logical name of what was only renamed with name=; or declare a new column this way, copy the values to it through the application, drop the old one, and " + accept
	backfill = "take the change back; or fill the index anew, and " + accept
)

// Compare finds what differs, in the order of names, columns first.
func Compare(old, now File) []Change {
	var changes []Change
	add := func(what, effect, detail, do string) {
		changes = append(changes, Change{what, effect, detail, do})
	}
	for _, name := range both(old.Columns, now.Columns) {
		was, known := old.Columns[name]
		is, still := now.Columns[name]
		switch {
		case !known:
			add(name, Added, "a column", record+", and seal what the column holds already, if anything")
		case !still:
			column := name[strings.LastIndex(name, ".")+1:]
			add(name, Unreadable, "no longer declared", "if the column or its table was renamed, keep its logical name, as name="+column+" does for the column; if its data is gone, "+accept)
		case was != is:
			changedColumn(was, is, differences(was, is), func(effect, detail, do string) { add(name, effect, detail, do) })
		}
	}
	for _, name := range both(old.Indexes, now.Indexes) {
		was, known := old.Indexes[name]
		is, still := now.Indexes[name]
		switch {
		case !known && is.isNew(name, old):
			add(name, Added, "an index", record)
		case !known:
			add(name, LeaksMore, "a new index: "+is.Shows, "fill it by reseal.Rows (with Reindex, if it keeps lists), and "+accept)
		case !still:
			add(name, Gone, "an index", "drop its hidden column, if it has one, and "+record)
		case was != is:
			changedIndex(was, is, differences(was, is), func(effect, detail, do string) { add(name, effect, detail, do) })
		}
	}
	return changes
}

// isNew reports whether the columns of a new index are new too: then nothing is
// stored that it could show.
func (x Index) isNew(name string, old File) bool {
	if x.Group != "" { // its label names the group
		return !slices.ContainsFunc(slices.Collect(maps.Keys(old.Columns)), func(column string) bool { return strings.HasPrefix(name, column+"__") })
	}
	table, _, _ := strings.Cut(name, ".")
	columns, _, _ := strings.Cut(strings.TrimPrefix(x.Label, "i:"), "/")
	for column := range strings.SplitSeq(columns, "+") {
		if _, known := old.Columns[table+"."+column]; known {
			return false
		}
	}
	return true
}

// changedColumn says what it means that a column's entry differs.
func changedColumn(old, now Column, diff diff, add func(effect, detail, do string)) {
	unreadable := diff.has("mode", "scope", "compartment", "bind", "alphabet", "text") ||
		!sameType(old.Type, now.Type) || old.Keep && !now.Keep
	if unreadable {
		add(Unreadable, diff.String(), migrate)
	}
	switch {
	case now.Pad < old.Pad, now.Keep && !old.Keep, now.Null && !old.Null, now.showsEqual() > old.showsEqual():
		add(LeaksMore, "now: "+now.Shows, "if that is meant, "+accept)
	case unreadable:
	case now.Pad > old.Pad:
		add(LeaksLess, diff.String(), "seal the stored rows anew, and "+record)
	default:
		add(Harmless, diff.String(), record)
	}
}

// showsEqual grades how far a column shows equal values: not, within a row over time,
// across rows.
func (c Column) showsEqual() int {
	switch {
	case c.Mode != "imprint":
		return 0
	case c.Bind != Unbound:
		return 1
	}
	return 2
}

// changedIndex says what it means that an index's entry differs.
func changedIndex(old, now Index, diff diff, add func(effect, detail, do string)) {
	unfindable := diff.has("label", "scope", "bits", "doc", "scale") || !sameTerms(old.Types, now.Types)
	if unfindable {
		add(Unfindable, diff.String(), backfill)
	}
	full, wasFull := now.Unique == Full, old.Unique == Full
	switch {
	case now.comparesMore(old):
		add(LeaksMore, "compares with more columns: "+old.Group+" → "+now.Group, "if that is meant, "+accept)
	case wasFull && !full, !full && now.Bits > old.Bits, old.Scope != "" && now.Scope == "":
		add(LeaksMore, "now: "+now.Shows, "if that is meant, "+accept)
	case unfindable:
	case full && !wasFull, old.comparesMore(now):
		add(LeaksLess, diff.String(), record)
	default:
		add(Harmless, diff.String(), record)
	}
}

// comparesMore reports whether a column compares with others than another one's.
func (x Index) comparesMore(than Index) bool {
	known := strings.Split(than.Group, groupSeparator)
	return x.Group != "" && slices.ContainsFunc(strings.Split(x.Group, groupSeparator), func(c string) bool { return !slices.Contains(known, c) })
}

const groupSeparator = " + "

// A diff is the fields of an entry that differ.
type diff []field

type field struct{ name, old, now string }

// differences compares two entries of one type, all fields of it.
func differences(old, now any) (d diff) {
	a, b := reflect.ValueOf(old), reflect.ValueOf(now)
	for i := range a.NumField() {
		if name, _, _ := strings.Cut(a.Type().Field(i).Tag.Get("json"), ","); !a.Field(i).Equal(b.Field(i)) {
			d = append(d, field{name, words(a.Field(i)), words(b.Field(i))})
		}
	}
	return d
}

func words(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.Bool:
		return map[bool]string{true: "yes", false: "no"}[v.Bool()]
	case v.IsZero():
		return "none"
	}
	return fmt.Sprint(v)
}

func (d diff) has(names ...string) bool {
	return slices.ContainsFunc(d, func(f field) bool { return slices.Contains(names, f.name) })
}

// String leaves out what is shown where something else says why.
func (d diff) String() string {
	var all []string
	for _, f := range d {
		if f.name != "shows" || len(d) == 1 {
			all = append(all, fmt.Sprintf("%s: %s → %s", f.name, f.old, f.now))
		}
	}
	return strings.Join(all, ", ")
}

func both[T any](a, b map[string]T) []string {
	names := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(names)
	return slices.Compact(names)
}
