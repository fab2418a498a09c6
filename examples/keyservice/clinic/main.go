// Clinic is an application that holds no ring: it asks the key service for the keys of the rows it
// writes and reads. Its SQL is plain, as everywhere behind sqlcell.
//
//	clinic -service unix:///run/cellseal/keys.sock -db patients.db -write 100
//	clinic -service https://localhost:7443 -cert clinic.crt -key clinic.key -ca ca.crt -db patients.db
package main

import (
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	_ "modernc.org/sqlite"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/keyservice"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/sqlcell"
)

// Patient is what the table holds.
type Patient struct {
	_     struct{} `cell:"table=patients,bind=id"`
	ID    int64
	Name  string `cell:"seal"`
	Email string `cell:"seal" search:"exact,trim,fold,unique"`
}

func main() {
	service := flag.String("service", "", "address of the key service")
	cert := flag.String("cert", "", "certificate, for https")
	key := flag.String("key", "", "file of the certificate's private key")
	ca := flag.String("ca", "", "certificate of the service's CA")
	path := flag.String("db", "", "file of the database")
	write := flag.Int("write", 0, "how many patients to write before they are counted")
	flag.Parse()
	err := run(*service, *cert, *key, *ca, *path, *write)
	if err != nil {
		fmt.Fprintln(os.Stderr, "clinic:", err)
		os.Exit(1)
	}
}

func run(service, cert, key, ca, path string, write int) error {
	o := &keyservice.ClientOptions{}
	if strings.HasPrefix(service, "https:") {
		certificate, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(ca)
		if err != nil {
			return err
		}
		services := x509.NewCertPool()
		if !services.AppendCertsFromPEM(text) {
			return fmt.Errorf("%s holds no certificate", ca)
		}
		o.TLS = keyservice.ClientTLS(certificate, services)
	}
	source, err := keyservice.NewClient(service, o)
	if err != nil {
		return err
	}
	defer source.Close()
	db, err := open(path, source)
	if err != nil {
		return err
	}
	defer db.Close()
	var last int64
	if err := db.QueryRow("SELECT coalesce(max(id), 0) FROM patients").Scan(&last); err != nil {
		return err
	}
	for id := last + 1; id <= last+int64(write); id++ {
		if err := add(db, id); err != nil {
			return err
		}
		fmt.Println("written", id)
	}
	return count(db)
}

func open(path string, source keys.Source) (*sql.DB, error) {
	schema, err := ormhooks.NewSchema(Patient{})
	if err != nil {
		return nil, err
	}
	ddl, err := sqlcell.DDL(schema, sqlcell.SQLite)
	if err != nil {
		return nil, err
	}
	bare, err := sql.Open("sqlite", path)
	if err != nil {
		return nil, err
	}
	defer bare.Close()
	if exists := bare.QueryRow("SELECT 1 FROM sqlite_master WHERE name = 'patients'").Scan(new(int)); errors.Is(exists, sql.ErrNoRows) {
		if _, err := bare.Exec(ddl); err != nil {
			return nil, err
		}
	}
	db, err := sqlcell.Open("sqlite", path, schema, source, sqlcell.SQLite, nil)
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// add writes a patient, as soon as the service is there. Nothing is written without the row's key, so to
// try again is safe.
func add(db *sql.DB, id int64) error {
	for {
		_, err := db.Exec("INSERT INTO patients (id, name, email) VALUES (?, ?, ?)", id, fmt.Sprintf("Siobhan O'Neill %d", id), fmt.Sprintf("siobhan.%d@example.com", id))
		var away *keyservice.UnavailableError
		if !errors.As(err, &away) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// count reads every patient, and looks the first one up.
func count(db *sql.DB) error {
	rows, err := db.Query("SELECT id, name, email FROM patients ORDER BY id")
	if err != nil {
		return err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var p Patient
		if err := rows.Scan(&p.ID, &p.Name, &p.Email); err != nil {
			return err
		}
		if p.Name != fmt.Sprintf("Siobhan O'Neill %d", p.ID) {
			return fmt.Errorf("patient %d is somebody else", p.ID)
		}
		n++
	}
	if err := rows.Err(); err != nil {
		return err
	}
	fmt.Println("opened", n, "patients")
	if n == 0 {
		return nil
	}
	var id int64
	if err := db.QueryRow("SELECT id FROM patients WHERE email = ?", " Siobhan.1@Example.com").Scan(&id); err != nil {
		return err
	}
	fmt.Println("found patient", id, "by e-mail")
	return nil
}
