package door

import (
	"context"
	"database/sql/driver"
	"errors"
	"reflect"
	"regexp"
	"time"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/door/known"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

const (
	// DefaultLease is Config.Lease where it is not given.
	DefaultLease = 5 * time.Second
	// patience is the least time between two loads that a statement's failure asks for.
	patience = time.Second
	// aged is how old a catalogue may get: whoever makes a view past the door, or another table, is
	// noticed after that time.
	aged = time.Minute
)

// A Base is a connection below the door, as the engine needs it.
type Base interface {
	// Catalogue calls use with what reads the catalogue: this connection if here is set, or
	// one of its own, which is closed afterwards.
	Catalogue(ctx context.Context, here bool, use func(catalog.Querier) error) error
	Exec(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error)
	// Query returns all rows.
	Query(ctx context.Context, text string, args []driver.NamedValue) (*Result, error)
	// Answer is Query for what st becomes, and so for rows that the caller sees: values that nothing
	// is worked out from may stay as the server sent them. behind is how many columns stand behind those of
	// the result, which something is worked out from.
	Answer(ctx context.Context, st *Statement, behind int, text string, args []driver.NamedValue) (*Result, error)
	// Begin begins a transaction that is fit for writing, or a part of the one that is under
	// way. end ends it.
	Begin(ctx context.Context, inside bool) (end func(commit bool) error, err error)
}

// A Session is a Door as one connection uses it, which is by one goroutine at a time.
type Session struct {
	door *Door
	base Base
	inTx bool
	// since is when the transaction began that is under way, the door's own too; zero if there is none.
	since time.Time
	// own is the catalogue as this connection alone sees it: it has changed tables in a
	// transaction that is not over, or where it looks for them. plans are those made with it.
	own     *known.Generation
	plans   map[string]*Statement
	changed bool // tables, and not only where they are looked for
}

// Session returns a Session over a connection.
func (d *Door) Session(base Base) *Session { return &Session{door: d, base: base} }

// Beginning readies the catalogue before a transaction begins. In SQLite it is read over this
// connection: inside, reading it would make the transaction one that has read, and so may
// no longer write once another connection has.
func (s *Session) Beginning(ctx context.Context) error {
	if s.door.Dialect != sqltext.SQLite || s.inTx {
		return nil
	}
	if s.door.smoothed {
		if err := s.door.profiles.Renew(ctx, s.base, 2); err != nil {
			return err
		}
	}
	switch g := s.generation(); {
	case g.Catalog == nil:
		return s.load(ctx, g)
	case s.expiring(g, s.door.Lease/2):
		return s.door.catalogue.Renew(ctx, s.base, g)
	}
	return nil
}

// Undone says that part of the transaction was rolled back, and with it what it may have done
// to tables.
func (s *Session) Undone() {
	if s.own != nil {
		s.own, s.plans = s.door.catalogue.Next(nil), nil
	}
	if !s.since.IsZero() { // to package segment it is another transaction: what this one began may be undone
		s.since = s.since.Add(1)
	}
}

// Begun says that a transaction has begun.
func (s *Session) Begun() {
	if !s.inTx {
		s.since = s.door.moment()
	}
	s.inTx = true
}

// Ended says that the transaction is over.
func (s *Session) Ended() {
	s.inTx, s.since = false, time.Time{}
	s.own, s.plans = nil, nil
	if s.changed {
		s.changed = false
		s.door.Invalidate()
	}
}

// InTx reports whether a transaction is under way, as far as the session knows.
func (s *Session) InTx() bool { return s.inTx }

// Statement returns what a statement becomes.
func (s *Session) Statement(ctx context.Context, text string) (*Statement, error) {
	began := time.Now().UnixNano()
	for reloaded := false; ; {
		g := s.generation()
		st := s.cached(text, g)
		if !reloaded && s.outdated(g, st) {
			reloaded = true
			if err := s.load(ctx, g); err != nil && st != nil && st.refusal != nil {
				return nil, err
			}
			continue
		}
		if st == nil {
			p, err := plan.Analyse(s.door.Dialect, s.door.Options, s.door.Schema, g.Catalog, text)
			var refusal *plan.Refusal
			if err != nil && !errors.As(err, &refusal) {
				return nil, err
			}
			missing := g.Catalog == nil && (err != nil || !p.Pass || p.Names)
			if missing || err != nil && !reloaded && (g.Age() >= patience || refusal.Unknown) { // it may name what is newer than the catalogue
				if err := s.load(ctx, g); err != nil {
					return nil, err
				}
				reloaded = true
				continue
			}
			st = newStatement(s.door, g.Number, text, p, refusal)
			if err == nil || reloaded {
				s.keep(st)
			}
		}
		// What was read since this call began is new enough, however long the reading took.
		if st.unique && s.expired(g) && g.Pinned() < began {
			if err := s.door.catalogue.Renew(ctx, s.base, g); err != nil {
				return nil, err
			}
			continue
		}
		if st.smoothed && !(s.held() && s.door.profiles.Known()) {
			if err := s.door.profiles.Renew(ctx, s.base, 1); err != nil {
				return nil, err
			}
		}
		return st, st.refused()
	}
}

// held reports whether what is read over this connection would be of the past: see Beginning.
func (s *Session) held() bool { return s.inTx && s.door.Dialect == sqltext.SQLite }

// outdated reports whether the catalogue is read again before a statement is taken as it was last
// time: one that was refused may have been right for tables that have changed since, and
// one that names tables may name a view that was made past the door.
func (s *Session) outdated(g *known.Generation, st *Statement) bool {
	switch {
	case g.Catalog == nil, s.held():
		return false
	case st != nil && st.refusal != nil:
		return g.Age() >= patience
	}
	return g.Age() >= aged && (st == nil || !st.Plan.Pass || st.Plan.Names)
}

func (s *Session) generation() *known.Generation {
	if s.own != nil {
		return s.own
	}
	return s.door.catalogue.Now()
}

func (s *Session) load(ctx context.Context, old *known.Generation) error {
	if s.own == nil {
		return s.door.catalogue.Load(ctx, s.base, old)
	}
	read, err := s.door.catalogue.Read(ctx, s.base, true)
	if err == nil {
		s.own, s.plans = s.door.catalogue.Next(read), nil
	}
	return err
}

func (s *Session) expired(g *known.Generation) bool {
	if s.held() {
		return false
	}
	return s.expiring(g, s.door.Lease)
}

func (s *Session) expiring(g *known.Generation, after time.Duration) bool {
	return s.own == nil && g.Catalog != nil && (s.door.unique || len(g.Catalog.Pins) > 0) && time.Duration(time.Now().UnixNano()-g.Pinned()) >= after
}

func (s *Session) cached(text string, g *known.Generation) *Statement {
	var st *Statement
	if s.own != nil {
		st = s.plans[text]
	} else {
		st = s.door.cache.Get(text)
	}
	if st == nil || st.generation != g.Number {
		return nil
	}
	return st
}

func (s *Session) keep(st *Statement) {
	if s.own == nil {
		s.door.cache.Put(st.text, st)
		return
	}
	if s.plans == nil {
		s.plans = map[string]*Statement{}
	}
	s.plans[st.text] = st
}

// Passed says that a statement that passes was carried out.
func (s *Session) Passed(st *Statement) {
	if !st.Plan.Changes {
		return
	}
	setting := isSetting.MatchString(st.text)
	if setting && !isSearchPath.MatchString(st.text) {
		return
	}
	if s.changed = s.changed || !setting; setting || s.inTx { // nobody else sees it, or not yet
		s.own, s.plans = s.door.catalogue.Next(nil), nil
		return
	}
	s.door.Invalidate()
}

// Of what a session can SET, tables are found by these alone. Programs that set something
// else for each transaction, as for row level security, keep their plans.
var (
	isSetting    = regexp.MustCompile(`(?i)^\s*set\s[^;]*;?\s*$`)
	isSearchPath = regexp.MustCompile(`(?i)search_path|schema|role|authorization`)
)

// Failed says that the server answered a statement with an error. If the catalogue it was
// made with may be old, Failed returns what it becomes with a new one.
func (s *Session) Failed(ctx context.Context, st *Statement, err error) (again *Statement, ok bool) {
	if !st.Plan.Catalogued || errors.Is(err, driver.ErrBadConn) || ctx.Err() != nil {
		return nil, false
	}
	g := s.generation()
	if g.Number == st.generation {
		if g.Age() < patience || s.load(ctx, g) != nil {
			return nil, false
		}
	}
	if s.inTx && s.door.Dialect == sqltext.PostgreSQL { // which refuses everything until it is rolled back
		return nil, false
	}
	again, err = s.Statement(ctx, st.text)
	return again, err == nil && again.Plan.Each == nil && st.Plan.Each == nil && !reflect.DeepEqual(again.Plan.Text, st.Plan.Text)
}
