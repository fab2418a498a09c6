package door

import (
	"context"
	"database/sql/driver"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/door/state"
)

// retries is how often an upsert is sent again. Each time another writer has to come in between.
const retries = 10

// Attempt binds and runs a statement, and once more if the catalogue it was made with has turned
// out to be old. direct is Bind's, and open is Run's.
func (s *Session) Attempt(ctx context.Context, st *Statement, args []driver.NamedValue, direct, open bool, run func(*Call, *Statement) error) error {
	for again := false; ; again = true {
		call, err := s.Bind(ctx, st, args, direct)
		if err != nil {
			return err
		}
		if err = s.Run(ctx, st, open, func() error { return run(call, st) }); err == nil || again {
			return err
		}
		next, ok := s.Failed(ctx, st, err)
		if !ok {
			return err
		}
		st = next
	}
}

// Run carries out a statement by run, and does so again if the server refused it for no fault of
// its own: see plan.Plan.Retry. open says that run leaves rows open, if it succeeds.
func (s *Session) Run(ctx context.Context, st *Statement, open bool, run func() error) error {
	if st.Plan == nil || !st.Plan.Retry {
		return run()
	}
	for left := retries; ; left-- {
		if !s.inTx || s.door.Dialect != sqltext.PostgreSQL {
			if err := run(); err == nil || left == 0 || !s.innocent(ctx, err) {
				return err
			}
			continue
		}
		end, err := s.base.Begin(ctx, true)
		if err != nil {
			return err
		}
		switch err = run(); {
		case err == nil && open: // what was begun ends with the transaction
			return nil
		case err == nil:
			return end(true)
		case left == 0 || !s.innocent(ctx, err):
			return err // and the transaction is as it is after any error
		}
		if err := end(false); err != nil {
			return err
		}
	}
}

// innocent reports whether an upsert may succeed if it is sent again.
//
// PostgreSQL looks for a conflict in the one index that ON CONFLICT names. While a unique index has
// two columns, a row that comes in between is met in the other one's first, and is an error.
// SQLite prepares a statement with the tables as the connection last saw them, and of an
// index that is missing there it does not look whether it has come since.
func (s *Session) innocent(ctx context.Context, err error) bool {
	switch s.door.Dialect {
	case sqltext.PostgreSQL:
		return state.Of(err) == "23505"
	case sqltext.SQLite:
		if strings.Contains(err.Error(), "ON CONFLICT clause does not match") {
			_, err := s.base.Query(ctx, "SELECT count(*) FROM sqlite_schema", nil)
			return err == nil
		}
	}
	return false
}
