package conformance

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/reseal"
	"github.com/cellseal/cellseal/ormhooks/schema"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/segment"
)

// crowdTables are what a crowd works on: files, and tables that are bound, scoped and joined in every other way.
func crowdTables() []any {
	index := func(kind, column string, transforms ...search.Transform) *schema.Index {
		return &schema.Index{Kind: kind, Columns: []search.Column{{Name: column, Transforms: transforms}}}
	}
	joins := func(group, column string) *schema.Index {
		x := index("join", column, search.Fold)
		x.Group, x.AcceptEquality = group, true
		return x
	}
	number := func(name string) *schema.Column {
		c := sealed(name)
		c.Type = "int"
		return c
	}
	return []any{files(), schema.Table{
		Name: "leads", Bind: bound("id"), Scope: schema.Scope{Kind: "tenant", Column: "tenant_id"},
		Columns: []*schema.Column{{Name: "id", Type: "int"}, {Name: "tenant_id", Type: "int"}, sealed("memo"), sealed("mail"), number("years")},
		Indexes: []*schema.Index{index("substring", "memo"), joins("lead", "mail"), index("sorted", "years")},
	}, schema.Table{
		Name: "badges", Bind: schema.Binding{Kind: schema.BindRowKey},
		Columns: []*schema.Column{{Name: "id", Type: "int"}, sealed("memo"), sealed("holder"), sealed("city"), number("level")},
		Indexes: []*schema.Index{joins("person", "holder"), index("smoothed", "city", search.Fold), index("sorted", "level")},
	}, schema.Table{
		Name: "cards", Bind: bound("id"),
		Columns: []*schema.Column{{Name: "id", Type: "uuid"}, sealed("memo"), sealed("owner"), number("years")},
		Indexes: []*schema.Index{index("substring", "memo"), joins("person", "owner"), index("sorted", "years")},
	}}
}

var crowdDefinitions = []string{
	"files (id :int PRIMARY KEY, n :int, memo :exact, years :int, shelf :exact, mail :folded, " +
		"p_memo :exact, p_years :int, p_shelf :exact, p_mail :folded)",
	"leads (id :int PRIMARY KEY, tenant_id :int, n :int, memo :exact, mail :folded, years :int, " +
		"p_memo :exact, p_mail :folded, p_years :int)",
	"badges (id :int PRIMARY KEY, n :int, memo :exact, holder :folded, city :folded, level :int, " +
		"p_memo :exact, p_holder :folded, p_city :folded, p_level :int)",
	"cards (id :uuid PRIMARY KEY, who :int, n :int, memo :exact, owner :folded, years :int, " +
		"p_memo :exact, p_owner :folded, p_years :int)",
	"visits (id :int PRIMARY KEY, pid :int)",
}

// Writers own as many ids each.
const owned = 50

// within is true of the rows of some writers, where ids are numbers.
func within(from, to int) string {
	return fmt.Sprintf("~id > %d AND ~id <= %d", from*owned, to*owned)
}

// held is true of the cards of some writers.
func held(from, to int) string { return fmt.Sprintf("~who >= %d AND ~who < %d", from, to) }

// as is a context in which a tenant asks; 0 is nobody in particular.
func as(tenant int) context.Context {
	if tenant == 0 {
		return ctx
	}
	return ormhooks.WithScope(ctx, "tenant", strconv.Itoa(tenant))
}

// busy has lists that move often.
func busy(observer func(segment.Event)) *sqlcell.Options {
	return &sqlcell.Options{Lease: 300 * time.Millisecond, Segments: &segment.Options{
		FlushRows: 20, FlushAge: 50 * time.Millisecond, Fanout: 2, Lease: 200 * time.Millisecond, Grace: 700 * time.Millisecond, Observer: observer,
	}}
}

var cities = []string{"Abha", "abha", "Bonn", "Cork", "cork", "Dole", "Elva", "Faro"}

// city is one of them, the first ones more often than the last.
func (g *asker) city() any {
	return g.seldom(cities[min(int(g.ExpFloat64()*1.4), len(cities)-1)])
}

// profiled takes profiles of the smoothed index, by which the rows that there are get other tokens.
func (o *crowd) profiled(c context.Context, r *rand.Rand) {
	for c.Err() == nil {
		switch err := o.reprofile(c, r, o.settle); {
		case err == nil:
			o.profiles.Add(1)
		case weather(err):
			o.weather.Add(1)
		case !errors.Is(err, context.Canceled) && c.Err() == nil:
			o.tell("profile: " + err.Error())
		}
	}
}

// reprofile replaces the profile by one that is made of other counts.
func (o *crowd) reprofile(c context.Context, r *rand.Rand, settle time.Duration) error {
	counts := map[any]uint64{}
	for i, city := range r.Perm(len(cities)) {
		counts[strings.ToLower(cities[city])] += uint64(4000 / (i + 1))
	}
	if err := reseal.Profile(c, o.DB.DB, "badges", "city__sm", &reseal.ProfileOptions{Counts: counts, Settle: settle}); err != nil {
		return err
	}
	if _, err := reseal.Rows(c, o.DB.DB, "badges", &reseal.RowsOptions{Batch: 50}); err != nil {
		return err
	}
	_, err := reseal.DropProfiles(c, o.DB.DB, "badges", "city__sm", &reseal.Options{Settle: settle, Batch: 50})
	return err
}
