package conformance

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cellseal/cellseal/internal/testdb"
)

// A hand writes the rows of one writer, which nobody else writes: what it reads of them is what it wrote.
type hand struct {
	*crowd
	*asker
	who   int
	on    runner
	in    bool      // a transaction
	since time.Time // it began
}

// write writes and asks until there are no operations left.
func (o *crowd) write(g *asker, who int) {
	h := &hand{crowd: o, asker: g, who: who}
	for o.more(1) {
		h.on, h.in, h.since = o.DB.DB, false, time.Now()
		var err error
		if g.IntN(4) == 0 {
			err = h.step()
		} else {
			err = h.transaction()
		}
		h.on, h.in, h.since = o.DB.DB, false, time.Now()
		if err == nil && o.more(1) {
			err = h.own()
		}
		o.note(fmt.Sprint("writer ", who), err)
	}
}

// own asks about the writer's rows.
func (h *hand) own() error {
	return h.ask(h.on, h.question(h.who, h.who+1), fmt.Sprintf("writer %d, in a transaction: %t", h.who, h.in), h.since)
}

func (h *hand) transaction() error {
	levels := []sql.IsolationLevel{sql.LevelDefault, sql.LevelReadCommitted, sql.LevelRepeatableRead}
	on, end, err := h.begin(true, levels[h.IntN(len(levels))])
	if err != nil {
		return err
	}
	h.on, h.in, h.since = on, true, time.Now()
	defer h.took(h.since)
	for range 1 + h.IntN(4) {
		if h.late(h.since) || !h.more(1) {
			break
		}
		if err = h.saved(); err != nil {
			break
		}
	}
	if err == nil {
		err = h.own()
	}
	if err == nil {
		err = h.fresh("badges", h.since)
	}
	if err != nil || h.IntN(4) == 0 {
		h.undone.Add(1)
		if undo := end(false); err == nil {
			err = undo
		}
		return err
	}
	return end(true)
}

// saved is a step in a savepoint, which is rolled back now and then.
func (h *hand) saved() error {
	undo := h.IntN(5) == 0
	if !undo && h.IntN(2) == 0 && h.Dialect != testdb.Postgres { // where an error ends no transaction
		return h.step()
	}
	if err := h.mark("SAVEPOINT one"); err != nil {
		return err
	}
	err := h.step()
	if err == nil && h.IntN(3) == 0 {
		err = h.own()
	}
	if err != nil && !twice(err) {
		return err
	}
	if err != nil || undo {
		err = h.mark("ROLLBACK TO SAVEPOINT one")
	} else {
		err = h.mark("RELEASE SAVEPOINT one")
	}
	if err == nil && h.IntN(3) == 0 {
		err = h.own()
	}
	return err
}

func (h *hand) mark(text string) error {
	_, err := h.on.ExecContext(ctx, text)
	return err
}

// exec runs a statement, prepared now and then.
func (h *hand) exec(text string, args ...any) error { return h.execAs(0, text, args...) }

// execAs does so for a tenant.
func (h *hand) execAs(tenant int, text string, args ...any) error {
	ctx := as(tenant)
	if h.IntN(4) > 0 {
		_, err := h.on.ExecContext(ctx, h.SQL(text), args...)
		return err
	}
	st, err := h.on.(interface {
		PrepareContext(context.Context, string) (*sql.Stmt, error)
	}).PrepareContext(ctx, h.SQL(text))
	if err != nil {
		return err
	}
	defer st.Close()
	_, err = st.ExecContext(ctx, args...)
	return err
}

// step is one write. That a key is there already is no error, where it has ended nothing.
func (h *hand) step() error {
	h.writes.Add(1)
	var err error
	switch h.IntN(9) {
	case 0:
		err = h.changeLead()
	case 1:
		err = h.changeBadge()
	case 2:
		err = h.changeCard()
	default:
		err = h.change()
	}
	if err != nil && twice(err) && !(h.in && h.Dialect == testdb.Postgres) {
		return nil
	}
	return err
}

func (h *hand) id() int { return h.who*owned + 1 + h.IntN(owned) }

const (
	intoFiles = "INTO files (id, n, memo, p_memo, years, p_years, shelf, p_shelf, mail, p_mail) VALUES "
	aFile     = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

func (h *hand) file() []any {
	memo, years, shelf, mail := h.memo(), h.number(), h.code(), h.mail()
	return []any{h.id(), h.IntN(20), memo, memo, years, years, shelf, shelf, mail, mail}
}

func (h *hand) change() error {
	memo, years, shelf, mail := h.memo(), h.number(), h.code(), h.mail()
	low := h.who * owned
	switch h.IntN(16) {
	case 0, 1, 2, 3:
		return h.exec("INSERT "+intoFiles+aFile, h.file()...)
	case 4:
		return h.exec("INSERT "+intoFiles+aFile+", "+aFile, append(h.file(), h.file()...)...)
	case 5, 6:
		if h.Dialect == testdb.MySQL {
			return h.exec("INSERT INTO files (id, memo, p_memo) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE memo = VALUES(memo), p_memo = VALUES(p_memo)", h.id(), memo, memo)
		}
		return h.exec("INSERT INTO files (id, memo, p_memo) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET memo = excluded.memo, p_memo = excluded.p_memo"+
			h.pick("", " WHERE files.n < 10"), h.id(), memo, memo)
	case 7:
		switch h.Dialect {
		case testdb.MySQL:
			return h.exec(h.pick("REPLACE ", "INSERT IGNORE ")+intoFiles+aFile, h.file()...)
		case testdb.SQLite:
			return h.exec(h.pick("INSERT OR REPLACE ", "INSERT OR IGNORE ")+intoFiles+aFile, h.file()...)
		}
		return h.exec("INSERT "+intoFiles+aFile+" ON CONFLICT DO NOTHING", h.file()...)
	case 8:
		return h.exec("UPDATE files SET memo = ?, p_memo = ?, years = ?, p_years = ? WHERE id = ?", memo, memo, years, years, h.id())
	case 9:
		return h.exec("UPDATE files SET shelf = ?, p_shelf = ?, mail = ?, p_mail = ? WHERE n = ? AND id > ? AND id <= ?", shelf, shelf, mail, mail, h.IntN(20), low, low+owned)
	case 10:
		return h.exec("UPDATE files SET memo = COALESCE(?, memo), p_memo = COALESCE(?, p_memo) WHERE id >= ? AND id <= ?", memo, memo, h.id(), low+owned)
	case 11:
		return h.exec("UPDATE files SET id = ? WHERE id = ?", h.id(), h.id())
	case 12, 13:
		return h.exec("DELETE FROM files WHERE id = ?", h.id())
	case 14:
		return h.exec("UPDATE files SET memo = NULL, p_memo = NULL, years = NULL, p_years = NULL WHERE id = ?", h.id())
	}
	return h.those("files", within(h.who, h.who+1), h.where(1, h.atom))
}

// those writes the rows that a predicate finds, and wants them to be the ones of which it is true.
func (h *hand) those(table, within string, q question) error {
	tenant := q.tenant
	q = joined("(%s) AND "+within, q).of(table)
	own := same("SELECT id FROM " + table + " WHERE " + within + " ORDER BY id").of(table).text
	plain := joined("SELECT id FROM "+table+" WHERE %s ORDER BY id", q)
	matching := execute(ctx, h.on, h.SQL(plain.plain()), q.theirs...)
	before := execute(ctx, h.on, h.SQL(own))
	if matching.err != nil || before.err != nil {
		return fmt.Errorf("%w %w", matching.err, before.err)
	}
	deletes := h.IntN(3) == 0
	text, mark, args := "DELETE FROM "+table+" WHERE ", strconv.Itoa(100+h.IntN(1000000)), q.args
	if !deletes {
		memo := h.memo()
		text, args = "UPDATE "+table+" SET n = "+mark+", memo = ?, p_memo = ? WHERE ", append([]any{memo, memo}, args...)
	}
	if err := h.execAs(tenant, text+q.protected(), args...); err != nil {
		return fmt.Errorf("%s%s: %w", text, q.text, err)
	}
	want := matching.rows
	if deletes {
		want = less(before.rows, matching.rows)
	} else {
		own = strings.Replace(own, "WHERE ", "WHERE n = "+mark+" AND ", 1)
	}
	after := execute(ctx, h.on, h.SQL(own))
	if err := h.fresh(table, h.since); err != nil {
		return err
	}
	if after.err == nil && !slices.Equal(want, after.rows) {
		h.tell(fmt.Sprintf("writer %d: %s%s %v: of %v there are %v", h.who, text, q.text, args, want, after.rows))
	}
	return after.err
}
