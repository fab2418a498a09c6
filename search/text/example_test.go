package text_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"

	_ "modernc.org/sqlite"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/segment"
	"github.com/cellseal/cellseal/search/text"
)

// newStore makes the tables of segments in a database that is gone with the program.
func newStore() (segment.DB, *segment.Store) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	store := segment.NewStore(segment.SQLite, nil)
	for _, statement := range store.DDL() {
		if _, err := db.Exec(statement); err != nil {
			log.Fatal(err)
		}
	}
	return segment.SQL(db), store
}

var notes = map[int64]string{
	1: "Chronic cough since March. Doesn’t smoke.",
	2: "Acute cough, fever of 39.5",
	3: "Fracture of the left wrist",
}

// newIndex makes an index and writes the notes into it, as the application's
// transactions would.
func newIndex(ctx context.Context, label keys.Label) (segment.DB, *text.Index) {
	db, store := newStore()
	ring, err := keys.NewRing() // a real program opens a stored one: keys.OpenRing
	if err != nil {
		log.Fatal(err)
	}
	d, err := ring.Index(ctx, keys.Table("patients"), label)
	if err != nil {
		log.Fatal(err)
	}
	index := text.New(d, store, nil)
	for id, note := range notes {
		if err := index.Add(ctx, db, search.DocInt(id), note); err != nil {
			log.Fatal(err)
		}
	}
	return db, index
}

// show finds, decrypts (here: looks up) and keeps what matches.
func show(ctx context.Context, db segment.DB, query *text.Query, err error) {
	if err != nil {
		fmt.Println(err)
		return
	}
	docs, err := query.Find(ctx, db)
	if err != nil {
		log.Fatal(err)
	}
	for _, doc := range docs {
		note := notes[search.IntOf(doc)]
		if ok, err := query.Matches(note); err == nil && ok {
			fmt.Println(search.IntOf(doc), note)
		}
	}
}

func Example_words() {
	ctx := context.Background()
	db, index := newIndex(ctx, search.Words("notes", search.Fold))
	query, err := index.All("cough", "DOESN'T")
	show(ctx, db, query, err)
	query, err = index.Any("wrist fever")
	show(ctx, db, query, err)
	query, err = index.All("…")
	show(ctx, db, query, err)
	// Output:
	// 1 Chronic cough since March. Doesn’t smoke.
	// 2 Acute cough, fever of 39.5
	// 3 Fracture of the left wrist
	// cellseal/search: notes: the search text holds no word, and would find everything: leave the condition out
}

func Example_substring() {
	ctx := context.Background()
	db, index := newIndex(ctx, search.Substring("notes", search.Fold))
	query, err := index.Like("%COUGH%39._", '\\')
	show(ctx, db, query, err)
	query, err = index.HasPrefix("fr")
	show(ctx, db, query, err)
	query, err = index.Contains("co")
	show(ctx, db, query, err)
	// Output:
	// 2 Acute cough, fever of 39.5
	// 3 Fracture of the left wrist
	// cellseal/search: notes: the search text has too few characters: ask for three in a row, or two at the beginning or the end of a value, or leave the condition out; fewer would find everything
}

func Example_fuzzy() {
	ctx := context.Background()
	db, index := newIndex(ctx, search.Fuzzy("notes", search.Fold))
	query, err := index.Near("fratcure")
	show(ctx, db, query, err)
	// Output:
	// 3 Fracture of the left wrist
}
