package sqlfuzz

import (
	"math/rand/v2"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// A mutator changes statements in ways that may break them, or change what they mean.
type mutator struct {
	*rand.Rand
	d     *dialect
	seeds []string
}

func newMutator(d *dialect, seeds []string, seed uint64) *mutator {
	return &mutator{Rand: rand.New(rand.NewPCG(seed, uint64(d.sql))), d: d, seeds: seeds}
}

func pick[T any](m *mutator, all []T) T { return all[m.IntN(len(all))] }

// words are put between, and in place of, tokens.
var words = strings.Fields(`SELECT INSERT UPDATE DELETE FROM INTO VALUES SET WHERE AND OR NOT IN IS NULL LIKE BETWEEN EXISTS CASE WHEN THEN ELSE END
	JOIN LEFT NATURAL USING ON AS WITH RECURSIVE UNION ALL EXCEPT ORDER BY GROUP HAVING LIMIT OFFSET FOR RETURNING DISTINCT ONLY TABLE LATERAL VALUE ROW
	ARRAY ANY SOME CAST COLLATE ESCAPE DEFAULT DUPLICATE KEY CONFLICT DO NOTHING BINARY XOR DIV MOD REGEXP GLOB MATCH ISNULL NOTNULL TRUE INTERVAL DAY
	DATE FILTER OVER WINDOW PARTITION IGNORE REPLACE LOW_PRIORITY STRAIGHT_JOIN FORCE INDEX INDEXED OPERATOR VARIADIC MATERIALIZED UNKNOWN TO TABLESAMPLE
	users notes orders docs clients bills towns email ssn memo mail payer city id name title tenant_id u o x excluded new count lower coalesce q rowid
	( ) , . ; = <> != < > <= >= == <=> + - * / % ^ ~ ! & | && || :: := -> ->> @ # ? $1 $2 :a @b ?1 [ ] { } 1 0x41 1.5 1e3 .5 'x' '' "x" "users" N'x' E'x' b'1' x'41' $$x$$
	"email" [users] [email] @@version :: $a$x$a$ _utf8mb4 _latin1 _binary U&'x' U&"users" E'\\' '\' '\'' "\"" 1--1 -- /* */ /*! !*/ # é ſ K users$1 $x 1a 0b1`)

// gaps are put where white space may be.
var gaps = []string{
	" ", "\t", "\n", "\r\n", "\r", "\f", "\v", "/**/", "/* x */", "/* ' */", "/* \" */", "/*/* */*/", "/*/ */", "-- x\n", "--\n", "--x\n", "-- '\n", "-- x\r", "# x\n", "#'\n", "#\n",
	"/*! */", "/*!99999 x */", "/*!50000 1 */", "/*M! */", "/*+ x */", "/*+ '*/ */", " \n ", "--\t", "\\", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u2028", "\x00", "\x1a",
}

// bits are put anywhere, also inside of strings and names.
var bits = []string{"'", `"`, "`", `\`, `\'`, "''", "$", "$$", "/*", "*/", "--", "#", ";", "é", "ſ", "\u212a", "\u00a0", "\u200b", "😀", "\n", "%", "_", "[", "]", ".", "@", ":", "?", "\t", "0", "x", "E", "(", ")", " "}

// mutate changes one of the seeds once to three times.
func (m *mutator) mutate() string {
	text := pick(m, m.seeds)
	for range 1 + m.IntN(3) {
		text = m.once(text)
	}
	if len(text) > 4000 {
		text = text[:4000]
	}
	return text
}

func (m *mutator) once(text string) string {
	switch m.IntN(12) {
	case 0:
		at := m.IntN(len(text) + 1)
		return text[:at] + pick(m, bits) + text[at:]
	case 1:
		return m.nest(text)
	case 2:
		return m.splice(text)
	}
	tokens := m.cut(text)
	if len(tokens) == 0 {
		return text
	}
	i := m.IntN(len(tokens))
	switch m.IntN(9) {
	case 0:
		tokens[i] = ""
	case 1:
		tokens[i] += " " + tokens[i]
	case 2:
		j := m.IntN(len(tokens))
		tokens[i], tokens[j] = tokens[j], tokens[i]
	case 3:
		j := min(i+1, len(tokens)-1)
		tokens[i], tokens[j] = tokens[j], tokens[i]
	case 4:
		tokens[i] = pick(m, words)
	case 5:
		tokens[i] += pick(m, gaps) + pick(m, words)
	case 6:
		tokens[i] += pick(m, gaps)
	case 7:
		j := i + 1 + m.IntN(min(6, len(tokens)-i))
		tokens[i], tokens[j-1] = "("+tokens[i], tokens[j-1]+")"
	case 8:
		tokens[i] = m.restyle(tokens[i])
	}
	return strings.Join(tokens, " ")
}

// cut is the text as tokens; as words if it cannot be read.
func (m *mutator) cut(text string) []string {
	tokens, err := sqltext.Scan(m.d.sql, m.d.o, text)
	if err != nil {
		return strings.Fields(text)
	}
	var all []string
	for _, t := range tokens {
		all = append(all, text[t.Pos:t.End])
	}
	return all
}

// restyle writes a token in another way: its case, its quotes.
func (m *mutator) restyle(token string) string {
	bare := strings.Trim(token, "'\"`[]$")
	if bare == "" {
		return token
	}
	switch m.IntN(14) {
	case 0:
		return strings.ToUpper(token)
	case 1:
		return strings.ToLower(token)
	case 2:
		return `"` + bare + `"`
	case 3:
		return "`" + bare + "`"
	case 4:
		return "[" + bare + "]"
	case 5:
		return "'" + bare + "'"
	case 6:
		return "$$" + bare + "$$"
	case 7:
		return pick(m, []string{"E", "N", "U&", "x", "b", "_utf8mb4", "_binary ", "_latin1", "e", "n"}) + "'" + bare + "'"
	case 8:
		return "'" + bare[:len(bare)/2] + "'" + pick(m, gaps) + "'" + bare[len(bare)/2:] + "'"
	case 9:
		return pick(m, []string{"public.", "main.", "test.", "u.", "users.", "public . ", "a.b."}) + token
	case 10:
		return token + pick(m, []string{"::text", "::varchar(3)", " COLLATE x", "[1]", ".x", ".*", "->'a'", " AT TIME ZONE 'x'", " IS NULL", " NOT NULL", " AS x", " x"})
	case 11:
		return pick(m, []string{"- ", "+", "~", "!", "NOT ", "BINARY ", "@", "@@", ":", "$", "lower", "DATE "}) + token
	case 12:
		return strings.ReplaceAll(token, "s", "ſ")
	}
	return `U&"` + bare + `"`
}

// nest puts a statement inside another one.
func (m *mutator) nest(text string) string {
	return strings.ReplaceAll(pick(m, []string{
		"(~)", "((~))", "SELECT * FROM (~) q", "SELECT q.* FROM (~) AS q, users", "SELECT (~)", "SELECT 1 WHERE EXISTS (~)", "WITH q AS (~) SELECT * FROM q",
		"WITH users AS (SELECT 1 AS id) ~", "WITH RECURSIVE q AS (~) SELECT * FROM q", "WITH USERS AS (SELECT 1 AS id, 2 AS email) ~", "EXPLAIN ~", "EXPLAIN ANALYZE ~", "~;", ";~", "~ UNION ~",
		"~ UNION ALL SELECT 1", "(~) UNION (~)", "INSERT INTO orders (id) ~", "INSERT INTO users (id, email) ~", "CREATE TABLE c AS ~", "CREATE VIEW c AS ~", "PREPARE p AS ~",
		"DECLARE c CURSOR FOR ~", "COPY (~) TO STDOUT", "SELECT 1 IN (~)", "UPDATE orders SET total = (~)", "DELETE FROM orders WHERE id = (~)", "WITH a AS (~), users AS (SELECT 1) SELECT * FROM a, users",
		"WITH users AS (~) SELECT * FROM users", "SELECT ARRAY(~)", "SELECT * FROM orders, LATERAL (~) q", "/*! ~ */", "/* ~ */ ~", "-- ~\n~", "BEGIN; ~; COMMIT", "DO $$ ~ $$",
	}), "~", text)
}

// splice joins the beginning of one statement to the end of another, or puts both together.
func (m *mutator) splice(text string) string {
	other := pick(m, m.seeds)
	x, y := m.cut(text), m.cut(other)
	if len(x) == 0 || len(y) == 0 {
		return text + other
	}
	switch m.IntN(4) {
	case 0:
		return text + "; " + other
	case 1:
		at := m.IntN(len(x))
		return strings.Join(append(append(append([]string{}, x[:at]...), "("+other+")"), x[at:]...), " ")
	}
	return strings.Join(append(append([]string{}, x[:m.IntN(len(x))]...), y[m.IntN(len(y)):]...), " ")
}
