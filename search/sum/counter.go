package sum

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/search"
)

// Conn is a connection, a transaction or a pool. Values of rows are int64, []byte, string or nil, as
// drivers give them; segment.SQLTx makes one of a *sql.Tx.
type Conn interface {
	Exec(ctx context.Context, query string, args ...any) (affected int64, err error)
	Query(ctx context.Context, query string, args ...any) (rows [][]any, err error)
}

// DDL returns the statement that makes cellseal_sums, the table of counters of all running sums.
func DDL(d search.Dialect) []string {
	switch d {
	case search.PostgreSQL:
		return []string{"CREATE TABLE IF NOT EXISTS cellseal_sums (idx BIGINT NOT NULL, kid BIGINT NOT NULL, grp BYTEA NOT NULL, next BIGINT NOT NULL, PRIMARY KEY (idx, kid, grp)) WITH (fillfactor = 50)"}
	case search.MySQL:
		return []string{"CREATE TABLE IF NOT EXISTS cellseal_sums (idx BIGINT NOT NULL, kid BIGINT NOT NULL, grp BINARY(16) NOT NULL, next BIGINT NOT NULL, mark BIGINT NOT NULL, PRIMARY KEY (idx, kid, grp))"}
	case search.SQLite:
		return []string{"CREATE TABLE IF NOT EXISTS cellseal_sums (idx INTEGER NOT NULL, kid INTEGER NOT NULL, grp BLOB NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (idx, kid, grp)) WITHOUT ROWID"}
	}
	panic(noDialect)
}

const noDialect = "cellseal/sum: name the dialect: search.PostgreSQL, MySQL or SQLite"

// maxCount keeps a counter far from where a BIGINT ends, however often it is asked.
const maxCount = math.MaxInt32

// Next takes count numbers of a group, 1 to 2^31 − 1, and returns the first; the others follow it. c
// is the transaction that writes the rows, or a short one before it: see the package's doc. Numbers
// that are taken and not used are holes. It returns [ErrExhausted] when the group has had 2^32 − 1 of
// them under the primary key.
func (x *Index) Next(ctx context.Context, c Conn, group []byte, count int) (first int64, err error) {
	s := x.state()
	if count < 1 || count > maxCount {
		panic("cellseal/sum: Next: count: want 1 to 2^31 − 1")
	}
	key := s.keys[0]
	token := key.mac.Sum(tree.PurposeCounter, group)
	next, err := s.take(ctx, c, int64(key.id), token[:16], int64(count))
	if err != nil {
		return 0, err
	}
	if next-1 > math.MaxUint32 || next-int64(count) < 1 {
		return 0, ErrExhausted
	}
	return number(key.id, uint32(next-int64(count))), nil
}

// take moves a counter on in one statement and returns where it stands then.
func (s *indexState) take(ctx context.Context, c Conn, kid int64, group []byte, count int64) (int64, error) {
	if s.dialect == search.MySQL {
		return s.takeMarked(ctx, c, kid, group, count)
	}
	query := "INSERT INTO cellseal_sums (idx, kid, grp, next) VALUES (?, ?, ?, ?) ON CONFLICT (idx, kid, grp) DO UPDATE SET next = cellseal_sums.next + excluded.next - 1 RETURNING next"
	switch s.dialect {
	case search.PostgreSQL:
		query = "INSERT INTO cellseal_sums (idx, kid, grp, next) VALUES ($1, $2, $3, $4) ON CONFLICT (idx, kid, grp) DO UPDATE SET next = cellseal_sums.next + excluded.next - 1 RETURNING next"
	case search.SQLite:
	default:
		panic(noDialect)
	}
	rows, err := c.Query(ctx, query, s.idx, kid, group, count+1)
	if err != nil {
		return 0, fmt.Errorf("cellseal/sum: taking a number: %w", err)
	}
	if len(rows) != 1 || len(rows[0]) != 1 {
		return 0, fmt.Errorf("cellseal/sum: taking a number: the database returned %d rows", len(rows))
	}
	return asInt(rows[0][0])
}

// takeMarked is for MySQL, which does not return what an upsert made of a row. The mark shows that
// what is read back is what was written: outside a transaction another writer may have come between. A
// locking read first would deadlock two writers who begin a group at the same time.
func (s *indexState) takeMarked(ctx context.Context, c Conn, kid int64, group []byte, count int64) (int64, error) {
	var b [8]byte
	rand.Read(b[:])
	mark := int64(binary.BigEndian.Uint64(b[:]) >> 1)
	_, err := c.Exec(ctx, "INSERT INTO cellseal_sums (idx, kid, grp, next, mark) VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE next = next + ?, mark = ?",
		s.idx, kid, group, count+1, mark, count, mark)
	if err != nil {
		return 0, fmt.Errorf("cellseal/sum: taking a number: %w", err)
	}
	rows, err := c.Query(ctx, "SELECT next, mark FROM cellseal_sums WHERE idx = ? AND kid = ? AND grp = ?", s.idx, kid, group)
	if err != nil {
		return 0, fmt.Errorf("cellseal/sum: taking a number: %w", err)
	}
	if len(rows) != 1 || len(rows[0]) != 2 {
		return 0, ErrNoTransaction
	}
	if found, err := asInt(rows[0][1]); err != nil || found != mark {
		return 0, ErrNoTransaction
	}
	return asInt(rows[0][0])
}

// indexID is idx of FORMAT.md §6: of the path alone, under whatever key.
func indexID(set *tree.Set) int64 {
	in := append([]byte("cellseal/v1/sums"), 0)
	for _, label := range tree.Path(set) {
		in = append(binary.AppendUvarint(in, uint64(len(label))), label...)
	}
	sum := sha256.Sum256(in)
	return int64(binary.BigEndian.Uint64(sum[:]) & math.MaxInt64)
}
