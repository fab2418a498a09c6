package sorted_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"time"

	_ "modernc.org/sqlite"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search"
	"github.com/cellseal/cellseal/search/segment"
	"github.com/cellseal/cellseal/search/sorted"
)

func newIndex(ctx context.Context, label keys.Label, typ search.Type) (segment.DB, *sorted.Index) {
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
	ring, err := keys.NewRing() // a real program opens a stored one: keys.OpenRing
	if err != nil {
		log.Fatal(err)
	}
	d, err := ring.Index(ctx, keys.Table("patients"), label)
	if err != nil {
		log.Fatal(err)
	}
	return segment.SQL(db), sorted.New(d, store, &sorted.Options{Type: typ})
}

func Example() {
	ctx := context.Background()
	db, index := newIndex(ctx, search.Sorted("born"), search.Time)
	for id, year := range []int{1961, 1948, 1975, 1990, 1948, 2003} {
		born := time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)
		if err := index.Add(ctx, db, search.DocInt(int64(id)), born); err != nil {
			log.Fatal(err)
		}
	}
	// WHERE born >= '1950-01-01' ORDER BY born DESC LIMIT 2, and the next page.
	span, err := index.Range(sorted.Range{From: time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		log.Fatal(err)
	}
	o := &sorted.PageOptions{Descending: true, Limit: 2}
	for {
		page, err := span.Page(ctx, db, o)
		if err != nil {
			log.Fatal(err)
		}
		for _, found := range page.Found {
			fmt.Println(search.IntOf(found.Doc))
		}
		fmt.Println("--")
		if o.After = page.Next; o.After == nil {
			break
		}
	}
	oldest, err := index.All().Min(ctx, db)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("oldest:", search.IntOf(oldest[0]))
	// Output:
	// 5
	// 3
	// --
	// 2
	// 0
	// --
	// oldest: 1
}

func ExampleIndex_HasSuffix() {
	ctx := context.Background()
	db, index := newIndex(ctx, search.Sorted("email", search.Fold, search.Reverse), search.Text)
	for id, email := range []string{"a@example.com", "b@example.org", "C@EXAMPLE.COM"} {
		if err := index.Add(ctx, db, search.DocInt(int64(id)), email); err != nil {
			log.Fatal(err)
		}
	}
	span, err := index.HasSuffix("@example.com")
	if err != nil {
		log.Fatal(err)
	}
	docs, err := span.Find(ctx, db)
	if err != nil {
		log.Fatal(err)
	}
	for _, doc := range docs {
		fmt.Println(search.IntOf(doc), span.Exact())
	}
	// Output:
	// 0 true
	// 2 true
}
