package sqltext

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// first returns the first item of a SELECT.
func first(t *testing.T, d Dialect, o Options, text string) Expr {
	t.Helper()
	p, err := Parse(d, o, text)
	require.NoError(t, err, text)
	return p.Statement.(*Query).Arms[0].Items[0].Expr
}

func TestPrecedence(t *testing.T) {
	for _, c := range []struct {
		d          Dialect
		text, want string
	}{
		{PostgreSQL, `a OR b AND NOT c = d`, `{a OR {b AND {NOT {c = d}}}}`},
		{PostgreSQL, `a = b IS NULL`, `{IsNull X:{a = b}}`},
		{PostgreSQL, `a = b || c`, `{a = {b || c}}`},
		{PostgreSQL, `a || b LIKE c || d ESCAPE '!'`, `{{a || b} LIKE {c || d} ESCAPE "!"}`},
		{PostgreSQL, `a < b LIKE c`, `{a < {b LIKE c}}`},
		{PostgreSQL, `a + b * c ^ d`, `{a + {b * {c ^ d}}}`},
		{PostgreSQL, `a - b - c`, `{{a - b} - c}`},
		{PostgreSQL, `-a ^ b`, `{{- a} ^ b}`},
		{PostgreSQL, `-a::int`, `{- {Cast X:a}}`},
		{PostgreSQL, `-a[1]`, `{- {Index X:a Subs:["1"]}}`},
		{PostgreSQL, `a || b COLLATE "C"`, `{a || {Collate X:b Collation:C}}`},
		{PostgreSQL, `a + b AT TIME ZONE c`, `{a + {b AT TIME ZONE c}}`},
		{PostgreSQL, `~ a + b`, `{~ {a + b}}`},
		{PostgreSQL, `a BETWEEN b AND c AND d`, `{{Between X:a Low:b High:c} AND d}`},
		{PostgreSQL, `a NOT BETWEEN SYMMETRIC b + 1 AND c`, `{Between X:a Low:{b + "1"} High:c Not}`},
		{PostgreSQL, `NOT a IN (1, 2)`, `{NOT {In X:a List:["1", "2"]}}`},
		{PostgreSQL, `a NOT IN (1)`, `{In X:a Not List:["1"]}`},
		{PostgreSQL, `a != ALL ($1)`, `{Quantified X:a Op:<> All Array:$1}`},
		{PostgreSQL, `a LIKE ANY (b) AND c`, `{{Quantified X:a Op:LIKE Array:b} AND c}`},
		{PostgreSQL, `a IS NOT DISTINCT FROM b = c`, `{a IS NOT DISTINCT FROM {b = c}}`},
		{PostgreSQL, `a IS NOT TRUE`, `{a IS NOT "TRUE"}`},
		{PostgreSQL, `a IS UNKNOWN`, `{IS UNKNOWN a}`},
		{PostgreSQL, `a = b NOTNULL`, `{NOTNULL {a = b}}`},
		{PostgreSQL, `a OPERATOR(pg_catalog.+) b * c`, `{a OPERATOR {b * c}}`},
		{PostgreSQL, `a @> b = c ->> 'x'`, `{{a @> b} = {c ->> "x"}}`},
		{PostgreSQL, `(a, b) = ROW($1, 2)`, `{{Row Values:[a, b]} = {Row Values:[$1, "2"]}}`},
		{PostgreSQL, `(a).b`, `{Index X:(a)}`},
		{PostgreSQL, `a[1:$1].b`, `{Index X:{Index X:a Subs:["1", $1]}}`},
		{PostgreSQL, `(a, b) OVERLAPS (c, d)`, `{{Row Values:[a, b]} OVERLAPS {Row Values:[c, d]}}`},
		{PostgreSQL, `a SIMILAR TO b`, `{a SIMILAR TO b}`},
		{PostgreSQL, `date '2020-01-01' + interval '1' day`, `{{Cast X:"2020-01-01"} + {Cast X:"1"}}`},
		{PostgreSQL, `timestamp (3) with time zone 'x'`, `{Cast X:"x"}`},
		{PostgreSQL, `double precision '1'`, `{Cast X:"1"}`},
		{PostgreSQL, `a::timestamp with time zone at time zone 'UTC'`, `{{Cast X:a} AT TIME ZONE "UTC"}`},
		{PostgreSQL, `a::numeric(10,2)[]::text`, `{Cast X:{Cast X:a}}`},

		{MySQL, `a || b AND c`, `{a || {b AND c}}`},
		{MySQL, `a OR b XOR c && d`, `{a OR {b XOR {c AND d}}}`},
		{MySQL, `NOT a = b`, `{NOT {a = b}}`},
		{MySQL, `!a = b`, `{{! a} = b}`},
		{MySQL, `a = b IN (1)`, `{a = {In X:b List:["1"]}}`},
		{MySQL, `a = b IS NULL`, `{IsNull X:{a = b}}`},
		{MySQL, `a <=> b IS TRUE`, `{{a <=> b} IS "TRUE"}`},
		{MySQL, `BINARY a = 'x'`, `{{BINARY a} = "x"}`},
		{MySQL, `-a COLLATE utf8mb4_bin`, `{- {Collate X:a Collation:utf8mb4_bin}}`},
		{MySQL, `a DIV b + c MOD d`, `{{a DIV b} + {c MOD d}}`},
		{MySQL, `a | b & c << 1`, `{a | {b & {c << "1"}}}`},
		{MySQL, `a ->> '$.x' = 'y'`, `{{a ->> "$.x"} = "y"}`},
		{MySQL, `a NOT REGEXP b OR c RLIKE d`, `{{a NOT REGEXP b} OR {c RLIKE d}}`},
		{MySQL, `a SOUNDS LIKE b`, `{a SOUNDS LIKE b}`},
		{MySQL, `a + INTERVAL 1 + ? DAY`, `{a + {Other What:INTERVAL Args:[{"1" + $1}]}}`},
		{MySQL, `INTERVAL(a, b)`, `{Call Name:INTERVAL Args:[a, b]}`},
		{MySQL, `DATE '2020-01-01'`, `{Cast X:"2020-01-01"}`},
		{MySQL, `@v := a OR b`, `{Other What:VARIABLE Args:[{a OR b}]}`},
		{MySQL, `@@session.sql_mode`, `{Other What:VARIABLE}`},
		{MySQL, `? MEMBER OF (a)`, `{$1 MEMBER OF a}`},
		{MySQL, `a BETWEEN 1 AND 2 AND c`, `{{Between X:a Low:"1" High:"2"} AND c}`},
		{MySQL, `MATCH (a, b) AGAINST (? IN BOOLEAN MODE)`, `{Other What:MATCH Args:[a, b, $1]}`},
		{MySQL, `_utf8mb4'x' 'y' COLLATE utf8mb4_bin`, `{Collate X:"xy" Collation:utf8mb4_bin}`},

		{SQLite, `a = b IS c`, `{{a = b} IS c}`},
		{SQLite, `a = b < c`, `{a = {b < c}}`},
		{SQLite, `a == b`, `{a = b}`},
		{SQLite, `a IS NOT ?`, `{a IS NOT $1}`},
		{SQLite, `a IS NOT DISTINCT FROM b`, `{a IS NOT DISTINCT FROM b}`},
		{SQLite, `a IS NOT NULL`, `{IsNull X:a Not}`},
		{SQLite, `a IS NULL = b`, `{{IsNull X:a} = b}`},
		{SQLite, `a IS NULL > b`, `{a IS {"NULL" > b}}`},
		{SQLite, `a NOT NULL`, `{NOTNULL a}`},
		{SQLite, `a * b || c`, `{a * {b || c}}`},
		{SQLite, `-a || b`, `{{- a} || b}`},
		{SQLite, `a || b COLLATE NOCASE = c`, `{{a || {Collate X:b Collation:NOCASE}} = c}`},
		{SQLite, `a & b + c`, `{a & {b + c}}`},
		{SQLite, `a NOT GLOB b`, `{a NOT GLOB b}`},
		{SQLite, `a -> '$.b'`, `{a -> "$.b"}`},
		{SQLite, `a IN ()`, `{In X:a}`},
		{SQLite, `a BETWEEN b AND c = d`, `{{Between X:a Low:b High:c} = d}`},
		{SQLite, `?2 + ? + :a + ? + :a`, `{{{{$2 + $3} + $4:a} + $5} + $4:a}`},
	} {
		o := Options{BackslashEscapes: c.d == MySQL}
		require.Equal(t, c.want, shape(first(t, c.d, o, "SELECT "+c.text)), c.text)
	}
}

func TestCalls(t *testing.T) {
	for _, c := range []struct {
		d          Dialect
		text, want string
	}{
		{PostgreSQL, `count(*) FILTER (WHERE a = $1)`, `{Call Name:count Star Filter:{a = $1}}`},
		{PostgreSQL, `array_agg(DISTINCT a ORDER BY b DESC NULLS LAST)`, `{Call Name:array_agg Args:[a] Distinct OrderBy:[{Order Expr:b Desc Nulls:LAST}]}`},
		{PostgreSQL, `percentile_cont(0.5) WITHIN GROUP (ORDER BY a)`, `{Call Name:percentile_cont Args:["0.5"] OrderBy:[{Order Expr:a}]}`},
		{PostgreSQL, `sum(a) OVER (w PARTITION BY b ORDER BY c ROWS BETWEEN $1 PRECEDING AND CURRENT ROW EXCLUDE TIES)`,
			`{Call Name:sum Args:[a] Over:{Window Name:w PartitionBy:[b] OrderBy:[{Order Expr:c}] Frame:[$1]}}`},
		{PostgreSQL, `rank() OVER w`, `{Call Name:rank Over:{Window Name:w}}`},
		{PostgreSQL, `EXTRACT(YEAR FROM a)`, `{Call Name:extract Args:[a]}`},
		{PostgreSQL, `SUBSTRING(a FROM 1 FOR $1)`, `{Call Name:substring Args:[a, "1", $1]}`},
		{PostgreSQL, `TRIM(BOTH 'x' FROM a)`, `{Call Name:trim Args:["x", a]}`},
		{PostgreSQL, `POSITION($1 IN a)`, `{Call Name:position Args:[$1, a]}`},
		{PostgreSQL, `OVERLAY(a PLACING b FROM 1)`, `{Call Name:overlay Args:[a, b, "1"]}`},
		{PostgreSQL, `make_interval(days => $1)`, `{Call Name:make_interval Args:[$1]}`},
		{PostgreSQL, `f(VARIADIC ARRAY[[1], [2]])`, `{Call Name:f Args:[{Array Values:[{Array Values:["1"]}, {Array Values:["2"]}]}]}`},
		{PostgreSQL, `s.f(a)`, `{Call Name:s.f Args:[a]}`},
		{PostgreSQL, `left(a, 2)`, `{Call Name:left Args:[a, "2"]}`},
		{PostgreSQL, `CURRENT_TIMESTAMP`, `current_timestamp`},
		{PostgreSQL, `CASE a WHEN 1 THEN $1 ELSE b END`, `{Case X:a Whens:[{When Cond:"1" Then:$1}] Else:b}`},
		{PostgreSQL, `CAST(a AS varchar(3))`, `{Cast X:a}`},
		{MySQL, `GROUP_CONCAT(DISTINCT a ORDER BY b SEPARATOR ';')`, `{Call Name:GROUP_CONCAT Args:[a, ";"] Distinct OrderBy:[{Order Expr:b}]}`},
		{MySQL, `CONVERT(a USING utf8mb4)`, `{Call Name:CONVERT Args:[a]}`},
		{MySQL, `CONVERT(a, CHAR(10) CHARACTER SET utf8mb4)`, `{Cast X:a}`},
		{MySQL, `CAST(a AS UNSIGNED INTEGER)`, `{Cast X:a}`},
		{MySQL, `TIMESTAMPDIFF(DAY, a, ?)`, `{Call Name:TIMESTAMPDIFF Args:[a, $1]}`},
		{MySQL, `DATE_ADD(a, INTERVAL 1 DAY)`, `{Call Name:DATE_ADD Args:[a, {Other What:INTERVAL Args:["1"]}]}`},
		{MySQL, `IF(a, b, REPLACE(c, 'x', ?))`, `{Call Name:IF Args:[a, b, {Call Name:REPLACE Args:[c, "x", $1]}]}`},
		{SQLite, `like('a', b)`, `{Call Name:like Args:["a", b]}`},
		{SQLite, `group_concat(a, ';') FILTER (WHERE b)`, `{Call Name:group_concat Args:[a, ";"] Filter:b}`},
		{SQLite, `CAST(a AS UNSIGNED BIG INT)`, `{Cast X:a}`},
	} {
		o := Options{BackslashEscapes: c.d == MySQL}
		require.Equal(t, c.want, shape(first(t, c.d, o, "SELECT "+c.text)), c.text)
	}
}

// A parenthesis may begin a query, a row, or an expression.
func TestParentheses(t *testing.T) {
	for _, c := range []struct {
		text string
		want Expr
	}{
		{`((SELECT 1) + 1)`, &Paren{}},
		{`((SELECT 1), 2)`, &Row{}},
		{`(((SELECT 1)) UNION SELECT 2)`, &Subquery{}},
		{`((SELECT 1) LIMIT 1)`, &Subquery{}},
		{`((1))`, &Paren{}},
		{`EXISTS ((SELECT 1))`, &Exists{}},
		{`(VALUES (1))`, &Subquery{}},
	} {
		require.IsType(t, c.want, first(t, PostgreSQL, Options{}, "SELECT "+c.text), c.text)
	}
	require.Len(t, first(t, PostgreSQL, Options{}, "SELECT 1 IN ((SELECT 1), 2)").(*In).List, 2)
	require.NotNil(t, first(t, PostgreSQL, Options{}, "SELECT 1 IN ((SELECT 1))").(*In).Query)
	require.IsType(t, &Paren{}, first(t, MySQL, backslash, "SELECT (VALUES(a))"))
}
