package under

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/internal/codec"
	"github.com/cellseal/cellseal/ormhooks/internal/door"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// A Sweep goes through a table.
type Sweep struct {
	DB     *sql.DB
	Name   string // of the table
	Batch  int    // 500 by default
	All    bool   // rows that are right are written again too
	Fail   func(columns []string, key []any, err error) error
	Reader *Reader // for the batch at hand

	door  *door.Door
	of    *schema.Table
	table *Table
	key   []string
}

func (s *Sweep) refuse(problem string) error {
	return fmt.Errorf("cellseal: %s: %s", s.Name, problem)
}

// Begin finds the table.
func (s *Sweep) Begin(ctx context.Context) error {
	if s.Batch <= 0 {
		s.Batch = 500
	}
	return Below(ctx, s.DB, func(d *door.Door, b door.Base) (err error) {
		s.door = d
		if s.of = d.Schema.Table(s.Name); s.of == nil {
			return s.refuse("the schema has no such table")
		}
		if s.table, _, err = Load(ctx, b, d.Dialect, s.of.Name); err != nil {
			return err
		}
		if s.table == nil {
			return s.refuse("the database has no such table")
		}
		// Of what is protected no key can be: it changes.
		s.key = s.table.RowKey(func(name string) bool {
			c := s.of.ColumnNamed(name)
			own := c != nil && c.Protected()
			for hidden := range s.of.Hidden() {
				own = own || hidden == name
			}
			return !own
		})
		if s.key == nil {
			return s.refuse("the table has no primary key and no other unique one without NULL, so its rows cannot be told apart: give it one")
		}
		return nil
	})
}

// Sealable refuses tables of which the rows cannot be sealed from here.
func (s *Sweep) Sealable() error {
	switch {
	case s.of.Explicit:
		return s.refuse("the application seals this table itself: ormhooks.Stale finds its rows, and Seal seals them again")
	case s.of.Scope.Kind != "" && s.of.Scope.Column == "":
		return s.refuse("only the context says whose a row is, and here there is none: name a column that does, scope=" + s.of.Scope.Kind + "(column)")
	}
	return nil
}

// Renew writes those of the rows that are not as they would be written now, and counts them and those whose
// scope was destroyed.
func (s *Sweep) Renew(ctx context.Context, rows [][]driver.Value, wrote, destroyed *int) error {
	rows = s.Reader.Readable(ctx, rows, destroyed)
	var stale [][]any
	err := Below(ctx, s.DB, func(_ *door.Door, b door.Base) error {
		return codec.Reloading(ctx, s.door.Source, func() error {
			stale = nil
			opener := s.Reader.Opener(ctx)
			if err := s.Reader.Expect(opener, rows); err != nil {
				return err
			}
			for _, stored := range rows {
				is, err := s.Reader.Stale(opener, b, stored)
				if Destroyed(err) { // since it was looked at
					continue
				}
				if err != nil {
					return s.Fail(s.key, s.Reader.KeyOf(stored), err)
				}
				if is || s.All {
					stale = append(stale, s.Reader.KeyOf(stored))
				}
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	for _, key := range stale {
		done, err := s.write(ctx, key)
		if Destroyed(err) {
			*destroyed++
			continue
		}
		if err != nil {
			return s.Fail(s.key, key, err)
		}
		if done {
			*wrote++
		}
	}
	return nil
}

// Each reads all rows, in the order of their key.
func (s *Sweep) Each(ctx context.Context, use func([][]driver.Value) error) error {
	for after := []any(nil); ; {
		var rows [][]driver.Value
		err := Below(ctx, s.DB, func(d *door.Door, b door.Base) error {
			var pins []catalog.Pin
			err := b.Catalogue(ctx, true, func(q catalog.Querier) (err error) {
				pins, err = catalog.LoadPins(ctx, q, d.Dialect)
				return err
			})
			if err == nil && slices.ContainsFunc(s.of.Indexes, (*schema.Index).Smoothed) {
				err = d.Profiles(ctx, b)
			}
			if err != nil {
				return err
			}
			if err := s.read(ctx, b, pins); err != nil {
				return err
			}
			rows, err = s.Reader.Next(ctx, b, after, s.Batch)
			return err
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		after = s.Reader.KeyOf(rows[len(rows)-1])
		if err := use(rows); err != nil {
			return err
		}
	}
}

// read makes the reader, of a table that may have got a second column since it was last looked at.
func (s *Sweep) read(ctx context.Context, b door.Base, pins []catalog.Pin) (err error) {
	missing := ""
	if s.Reader, missing = NewReader(s.door, s.of, s.table, s.key, pins); missing == "" {
		return nil
	}
	if s.table, _, err = Load(ctx, b, s.door.Dialect, s.of.Name); err == nil && s.table != nil {
		s.Reader, missing = NewReader(s.door, s.of, s.table, s.key, pins)
	}
	if err == nil && missing != "" {
		err = s.refuse("the database has no column " + missing + ": sqlcell.Check says how to add it")
	}
	return err
}

// write writes a row again, unless it is gone or right by now.
func (s *Sweep) write(ctx context.Context, key []any) (wrote bool, err error) {
	c, err := s.DB.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer c.Close()
	var o *sql.TxOptions
	if s.door.Dialect == sqltext.PostgreSQL { // whatever the role's default is
		o = &sql.TxOptions{Isolation: sql.LevelReadCommitted}
	}
	tx, err := c.BeginTx(ctx, o)
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	var update *Statement
	err = On(c, func(_ *door.Door, b door.Base) error {
		stored, err := s.Reader.Lock(ctx, b, key)
		if err != nil || stored == nil {
			return err
		}
		var values []any
		stale := false
		err = codec.Reloading(ctx, s.door.Source, func() (err error) {
			opener := s.Reader.Opener(ctx)
			if stale, err = s.Reader.Stale(opener, b, stored); err == nil && (stale || s.All) {
				stale = true
				values, err = s.Reader.Open(opener, stored)
			}
			return err
		})
		if err != nil || !stale {
			return err
		}
		none, err := s.Reader.NoKey(stored)
		if err == nil && none {
			rowKey := make([]byte, codec.RowKeySize)
			rand.Read(rowKey)
			give := s.Reader.GiveKey(key, rowKey)
			_, err = b.Exec(ctx, give.Text, give.Args)
		}
		update = s.Reader.Update(key, values)
		return err
	})
	if err != nil || update == nil {
		return false, err
	}
	args := make([]any, len(update.Args))
	for i, a := range update.Args {
		args[i] = a.Value
	}
	if _, err := tx.ExecContext(ctx, update.Text, args...); err != nil {
		return false, err
	}
	return true, tx.Commit()
}
