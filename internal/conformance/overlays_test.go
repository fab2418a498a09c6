package conformance

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// An overlay is something in the database that works on a protected table by itself.
type overlay struct {
	name, dialects string // the name that Check is to say
	make           []string
	use            string // a statement that would take SECRET to the table through it; "" if none
}

var overlays = []overlay{
	{"over_view", "pg mysql sqlite", []string{"CREATE VIEW over_view AS SELECT id, email FROM users"}, "SELECT id FROM over_view WHERE email = 'SECRET'"},
	{"over_two", "pg mysql sqlite", []string{"CREATE VIEW over_one AS SELECT id, email FROM users", "CREATE VIEW over_two AS SELECT * FROM over_one"}, "SELECT id FROM over_two WHERE email = 'SECRET'"},
	{"over_mat", "pg", []string{"CREATE MATERIALIZED VIEW over_mat AS SELECT id, email FROM users"}, "SELECT id FROM over_mat WHERE email = 'SECRET'"},
	{"over_child", "pg", []string{"CREATE TABLE over_child () INHERITS (users)"}, "INSERT INTO over_child (id, name) VALUES (7, 'SECRET')"},
	{"over_trigger", "pg", []string{"CREATE FUNCTION over_f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
		"CREATE TRIGGER over_trigger BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION over_f()"}, ""},
	{"over_trigger", "mysql", []string{"CREATE TRIGGER over_trigger BEFORE INSERT ON users FOR EACH ROW SET NEW.name = 'x'"}, ""},
	{"over_trigger", "sqlite", []string{"CREATE TRIGGER over_trigger AFTER INSERT ON users BEGIN UPDATE users SET name = 'x' WHERE id = NEW.id; END"}, ""},
	{"over_other", "mysql", []string{"CREATE TRIGGER over_other AFTER INSERT ON orders FOR EACH ROW UPDATE users SET email = NEW.email WHERE id = NEW.user_id"}, ""},
	{"over_other", "sqlite", []string{"CREATE TRIGGER over_other AFTER INSERT ON orders BEGIN UPDATE users SET email = NEW.email WHERE id = NEW.user_id; END"}, ""},
	{"over_routine", "pg", []string{"CREATE FUNCTION over_routine(e text) RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM users WHERE name = e'"}, "SELECT over_routine('SECRET')"},
	{"over_routine", "mysql", []string{"CREATE PROCEDURE over_routine(e text) SELECT count(*) FROM users WHERE name = e"}, "CALL over_routine('SECRET')"},
	{"over_function", "mysql", []string{"CREATE FUNCTION over_function(e text) RETURNS int READS SQL DATA RETURN (SELECT count(*) FROM users WHERE name = e)"}, "SELECT over_function('SECRET')"},
	{"over_rule", "pg", []string{"CREATE RULE over_rule AS ON DELETE TO users DO ALSO DELETE FROM orders"}, ""},
}

// TestWhatLiesOverATable makes all overlays past the door: Check finds each by its name, and is
// content with those that are allowed.
func TestWhatLiesOverATable(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		w := newWorld(t, db, newSchema(t, users()), celltest.Ring(t), usersTable, ordersTable)
		var names []string
		for _, o := range overlays {
			if !is(o.dialects, db.Dialect) {
				continue
			}
			for _, statement := range o.make {
				run(t, w.bare, statement)
			}
			names = append(names, o.name)
		}
		err := sqlcell.Check(ctx, w.DB.DB)
		require.Error(t, err)
		require.True(t, errors.As(err, new(*ormhooks.CheckError)), "%T", err)
		for _, name := range names {
			require.Contains(t, err.Error(), name)
		}
		if allowed := sqlcell.Check(ctx, w.DB.DB, append(names, "over_one", "over_f")...); allowed != nil {
			require.NotContains(t, allowed.Error(), "over_")
		}
		for _, o := range overlays {
			if o.use == "" || !is(o.dialects, db.Dialect) {
				continue
			}
			w.rec.taken()
			execute(ctx, w.DB, secretly(o.use))
			require.Empty(t, celltest.Found(w.rec.taken(), canary), "goes past the door: %s", o.use)
		}
	})
}

// is reports whether a list of dialects, as in the scripts, has this one.
func is(names, dialect string) bool {
	for _, n := range strings.Fields(names) {
		if dialectNames[n] == dialect {
			return true
		}
	}
	return false
}

// TestAPartitionIsATableToo is about PostgreSQL's, which can be named in statements.
func TestAPartitionIsATableToo(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		if db.Dialect != testdb.Postgres {
			return
		}
		w := newWorld(t, db, newSchema(t, users()), celltest.Ring(t), usersTable)
		for _, statement := range []string{
			"CREATE TABLE split (LIKE users, PRIMARY KEY (id)) PARTITION BY RANGE (id)", "DROP TABLE users", "ALTER TABLE split RENAME TO users",
			"CREATE TABLE over_part PARTITION OF users FOR VALUES FROM (0) TO (100)",
		} {
			run(t, w.bare, statement)
		}
		err := sqlcell.Check(ctx, w.DB.DB)
		require.Error(t, err)
		require.Contains(t, err.Error(), "over_part")
		w.Run(t, "INSERT INTO users (id, email) VALUES (1, ?)", canary)
		r := execute(ctx, w.DB, w.SQL("SELECT id, email FROM users WHERE email = ?"), canary)
		require.NoError(t, r.err)
		require.Equal(t, []string{"1 | " + canary}, r.rows)
		celltest.AssertSealed(t, w.bare, canary)
	})
}
