// Gorm shows what an application does with GORM over protected columns: it migrates,
// creates, looks up, updates, joins and preloads as ever, and what cannot be answered from
// cells is refused with an error that says what to write instead.
//
//	go run ./examples/gorm
package main

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	_ "modernc.org/sqlite"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/gormcell"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// Customer has a key that the database assigns, so its cells are bound to a row key, which
// the library keeps in a column of its own.
type Customer struct {
	_ struct{} `cell:"bind=row_key"`
	gorm.Model
	Email   string `cell:"seal" search:"exact,trim,fold,unique"`
	Country string
	Cards   []Card
}

// Card stores its number encrypted to digits of the same length, and is found by it.
type Card struct {
	_          struct{} `cell:"bind=row_key"`
	ID         uint
	CustomerID uint
	Number     string `cell:"imprint,alphabet=digits" search:"exact"`
}

func main() {
	dir, err := os.MkdirTemp("", "cellseal-gorm-")
	if err == nil {
		err = run(os.Stdout, filepath.Join(dir, "shop.db"))
		_ = os.RemoveAll(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gorm:", err)
		os.Exit(1)
	}
}

func open(path string) (*gorm.DB, error) {
	schema, err := ormhooks.NewSchema(Customer{}, Card{})
	if err != nil {
		return nil, err
	}
	ring, err := keys.NewRing() // for this run alone; the quickstart shows how a ring is kept
	if err != nil {
		return nil, err
	}
	pool, err := sqlcell.Open("sqlite", path, schema, ring, sqlcell.SQLite, nil)
	if err != nil {
		return nil, err
	}
	db, err := gorm.Open(sqlite.Dialector{Conn: pool}, &gorm.Config{Logger: gormcell.Logger(logger.Discard)})
	if err == nil {
		err = db.Use(gormcell.New(schema))
	}
	if err == nil {
		err = db.AutoMigrate(&Customer{}, &Card{})
	}
	return db, err
}

func run(out io.Writer, path string) error {
	db, err := open(path)
	if err != nil {
		return err
	}
	ada := Customer{Email: "Ada@Example.com", Country: "UK", Cards: []Card{{Number: "4111111111111111"}, {Number: "5500005555555559"}}}
	if err := db.Create(&ada).Error; err != nil {
		return err
	}
	fmt.Fprintf(out, "created     customer %d, still %s in the struct\n", ada.ID, ada.Email)

	var found Customer
	if err := db.Preload("Cards").First(&found, "email = ?", "ada@example.com").Error; err != nil {
		return err
	}
	fmt.Fprintf(out, "found       %s with %d cards\n", found.Email, len(found.Cards))

	if err := db.Model(&found).Update("email", "ada@lovelace.example").Error; err != nil {
		return err
	}
	var owner string
	if err := db.Model(&Card{}).Select("customers.email").Joins("JOIN customers ON customers.id = cards.customer_id").
		Where("cards.number = ?", "4111111111111111").Scan(&owner).Error; err != nil {
		return err
	}
	fmt.Fprintf(out, "updated     the card's owner is %s\n", owner)

	err = db.Create(&Customer{Email: " ADA@lovelace.EXAMPLE"}).Error
	fmt.Fprintf(out, "duplicate   %v\n", err)

	var sorted []string
	if err = db.Model(&Customer{}).Order("email DESC").Limit(1).Pluck("email", &sorted).Error; err != nil {
		return err
	}
	fmt.Fprintf(out, "sorted      %s comes last\n", sorted[0])

	var refused *ormhooks.StatementError
	err = db.Where("email LIKE ?", "%lovelace%").Find(&[]Customer{}).Error
	if !errors.As(err, &refused) {
		return fmt.Errorf("not refused: %w", err)
	}
	fmt.Fprintf(out, "refused     %s\n            %s\n", refused.Reason, refused.Instead)

	return stored(out, path)
}

// stored shows what whoever takes the file sees.
func stored(out io.Writer, path string) error {
	bare, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer bare.Close()
	var email []byte
	var number string
	if err := bare.QueryRow("SELECT email, number FROM customers JOIN cards ON customer_id = customers.id").Scan(&email, &number); err != nil {
		return err
	}
	info, err := cell.Inspect(email)
	fmt.Fprintf(out, "stored      an e-mail of %d bytes, bound to its row: %t; a number of %d digits, another one: %t\n",
		len(email), info.Bound, len(number), number != "4111111111111111")
	return err
}
