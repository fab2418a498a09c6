package sqltext

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The positions by which callers edit: each is where the text after it begins.
func TestInsertPositions(t *testing.T) {
	text := `INSERT IGNORE INTO users (a, b ) VALUES (1, 2), (?, ?) AS n ON DUPLICATE KEY UPDATE a = n.a, b = 2 RETURNING a, b`
	p, err := Parse(MySQL, backslash, text)
	require.NoError(t, err)
	s := p.Statement.(*Insert)
	require.Equal(t, "INSERT IGNORE", s.Verb)
	require.Equal(t, ") VALUES", text[s.ColumnsEnd:s.ColumnsEnd+8])
	require.Equal(t, "VALUES (1", text[s.ValuesPos:s.ValuesPos+9])
	require.Equal(t, "(?, ?)", text[s.Rows[1].Pos:s.Rows[1].End])
	require.Equal(t, " RETURNING", text[s.OnDupEnd:s.OnDupEnd+10])
	require.Equal(t, len(text), s.Returning.ItemsEnd)
	require.Equal(t, "n", s.RowAlias.Name)

	p, err = Parse(MySQL, backslash, `INSERT t () VALUES ()`)
	require.NoError(t, err)
	require.NotNil(t, p.Statement.(*Insert).Columns)
	require.Empty(t, p.Statement.(*Insert).Columns)

	text = `INSERT INTO t SET a = 1, b = 2 ON DUPLICATE KEY UPDATE a = 2`
	p, err = Parse(MySQL, backslash, text)
	require.NoError(t, err)
	s = p.Statement.(*Insert)
	require.Equal(t, " ON DUP", text[s.SetEnd:s.SetEnd+7])
	require.Equal(t, "SET a", text[s.ValuesPos:s.ValuesPos+5])

	text = `INSERT INTO t AS x VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 1, c = 2 WHERE x.a = 1`
	p, err = Parse(PostgreSQL, Options{}, text)
	require.NoError(t, err)
	s = p.Statement.(*Insert)
	require.Nil(t, s.Columns)
	require.Equal(t, "x", s.Table.Alias.Name)
	c := s.Conflicts[0]
	require.Equal(t, " WHERE", text[c.SetEnd:c.SetEnd+6])
	require.Equal(t, text[s.Rows[0].End+1:], text[c.Pos:c.End])
}

func TestUpdatePositions(t *testing.T) {
	text := `UPDATE t SET a = 1, b = 2 WHERE c = 3 ORDER BY d LIMIT 4`
	p, err := Parse(MySQL, backslash, text)
	require.NoError(t, err)
	s := p.Statement.(*Update)
	require.Equal(t, "a = 1", text[s.SetPos:s.SetPos+5])
	require.Equal(t, " WHERE", text[s.SetEnd:s.SetEnd+6])
	require.Equal(t, "WHERE c", text[s.WherePos:s.WherePos+7])
	require.Equal(t, "ORDER BY", text[s.TailPos:s.TailPos+8])

	text = `UPDATE t SET a = 1 -- end`
	p, err = Parse(MySQL, backslash, text)
	require.NoError(t, err)
	s = p.Statement.(*Update)
	require.Equal(t, 18, s.TailPos)
	require.Zero(t, s.WherePos)
	require.Equal(t, s.End, s.TailPos)

	text = `DELETE FROM t WHERE a = 1`
	p, err = Parse(SQLite, Options{}, text)
	require.NoError(t, err)
	require.Equal(t, "WHERE", text[p.Statement.(*Delete).WherePos:][:5])
}

func TestQueryPositions(t *testing.T) {
	text := `SELECT * FROM (SELECT a, b x FROM t WHERE c LIMIT 1 FOR UPDATE) q`
	p, err := Parse(PostgreSQL, Options{}, text)
	require.NoError(t, err)
	outer := p.Statement.(*Query)
	require.Equal(t, outer.End, outer.TailPos)
	q := outer.Arms[0].From[0].(*Derived).Query
	require.Equal(t, `SELECT a, b x FROM t WHERE c LIMIT 1 FOR UPDATE`, text[q.Pos:q.End])
	require.Equal(t, `LIMIT 1 FOR UPDATE`, text[q.TailPos:q.End])
	require.Equal(t, `FOR UPDATE`, text[q.Lock.Pos:q.Lock.End])
	a := q.Arms[0]
	require.Equal(t, ` FROM t`, text[a.ItemsEnd:][:7])
	require.Equal(t, `FROM t`, text[a.FromPos:][:6])
	require.Equal(t, `b x`, text[a.Items[1].Pos:a.Items[1].End])

	text = `EXPLAIN (ANALYZE) WITH a AS (SELECT 1) SELECT t.* FROM t UNION ALL (SELECT 2);`
	p, err = Parse(PostgreSQL, Options{}, text)
	require.NoError(t, err)
	require.Equal(t, `EXPLAIN (ANALYZE)`, text[p.Explain.Pos:p.Explain.End])
	q = p.Statement.(*Query)
	require.Equal(t, `WITH a AS (SELECT 1) SELECT t.* FROM t UNION ALL (SELECT 2)`, text[q.Pos:q.End])
	require.Equal(t, "UNION ALL", q.Arms[1].Op)
	require.Equal(t, "t", q.Arms[0].Items[0].Of.Last())

	p, err = Parse(PostgreSQL, Options{}, `TABLE t`)
	require.NoError(t, err)
	require.True(t, p.Statement.(*Query).Arms[0].Command)
}
