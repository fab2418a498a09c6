package core

import "github.com/cellseal/cellseal/internal/dialect"

// A Store is where the tables are, in which dialect, and what is kept in memory of them.
type Store struct {
	Text    Texts
	dialect dialect.Dialect
	prefix  string
	cache   *cache
}

// Texts are the statements that are sent often, in the Store's dialect.
type Texts struct{ Write, View, Manifest, Count, Create, Garbage string }

// NewStore returns a Store for tables whose names begin with prefix, which keeps up to
// cacheBytes in memory.
func NewStore(d dialect.Dialect, prefix string, cacheBytes int) *Store {
	s := &Store{dialect: d, prefix: prefix, cache: newCache(cacheBytes)}
	s.Text = Texts{
		Write:    s.SQL("INSERT INTO {pending} (idx, at, body) VALUES (?, {now}, ?)"),
		View:     s.SQL("SELECT 0, ver, manifest FROM {segments} WHERE idx = ? UNION ALL SELECT id, 0, SUBSTR(body, 1, 16) FROM {pending} WHERE idx = ?"),
		Manifest: s.SQL("SELECT ver, manifest FROM {segments} WHERE idx = ?"),
		Count:    s.SQL("SELECT COUNT(*), {now} - MIN(at) FROM {pending} WHERE idx = ?"),
		Create:   s.SQL("INSERT INTO {segments} (idx, ver, manifest, until) VALUES (?, 1, ?, 0) ON CONFLICT DO NOTHING"),
		Garbage:  s.SQL("SELECT seg, until FROM {parts} WHERE idx = ? AND until < {now}"),
	}
	if d == dialect.MySQL {
		s.Text.Create = s.SQL("INSERT IGNORE INTO {segments} (idx, ver, manifest, until) VALUES (?, 1, ?, 0)")
	}
	return s
}
