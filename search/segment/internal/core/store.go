package core

import (
	"time"

	"github.com/cellseal/cellseal/internal/dialect"
)

// A Store is where the tables are, in which dialect, and what is kept in memory of them.
type Store struct {
	Text    Texts
	dialect dialect.Dialect
	prefix  string
	cache   *cache
	witness *witness
}

// Texts are the statements that are sent often, in the Store's dialect.
type Texts struct{ Write, View, Manifest, Count, Create, Orphans, Beyond, Garbage string }

// NewStore returns a Store for tables whose names begin with prefix, which keeps up to
// cacheBytes in memory. lag is how far behind a server may be that the same Conns reach.
func NewStore(d dialect.Dialect, prefix string, cacheBytes int, lag time.Duration) *Store {
	s := &Store{dialect: d, prefix: prefix, cache: newCache(cacheBytes), witness: newWitness(lag)}
	s.Text = Texts{
		Write:    s.SQL("INSERT INTO {pending} (idx, at, body) VALUES (?, {now}, ?)"),
		View:     s.SQL("SELECT 0, ver, manifest FROM {segments} WHERE idx = ? UNION ALL SELECT id, 0, SUBSTR(body, 1, 16) FROM {pending} WHERE idx = ?"),
		Manifest: s.SQL("SELECT ver, manifest FROM {segments} WHERE idx = ?"),
		Count:    s.SQL("SELECT COUNT(*), {now} - MIN(at) FROM {pending} WHERE idx = ?"),
		Create:   s.SQL("INSERT INTO {segments} (idx, ver, manifest, until) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING"),
		Orphans:  s.SQL("SELECT seg FROM {parts} WHERE idx = ? UNION ALL SELECT id FROM {pending} WHERE idx = ? LIMIT 1"),
		Garbage:  s.SQL("SELECT seg, until FROM {parts} WHERE idx = ? AND until < {now}"),
	}
	if d == dialect.MySQL {
		s.Text.Beyond = s.SQL("SELECT ver, manifest FROM {segments} WHERE idx = ? LOCK IN SHARE MODE")
		s.Text.Create = s.SQL("INSERT IGNORE INTO {segments} (idx, ver, manifest, until) VALUES (?, ?, ?, 0)")
	}
	return s
}
