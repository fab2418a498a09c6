package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"gorm.io/gorm"

	"github.com/cellseal/cellseal/cell"
)

func find(p printer, db *gorm.DB) error {
	for _, q := range []struct{ name, where, value string }{
		{"e-mail", "clinic = ? AND email = ?", "siobhan.obrien@mail.example.com "},
		{"phone", "clinic = ? AND phone = ?", "212.555.0147"},
	} {
		var found []Patient
		if err := db.Where(q.where, "north", q.value).Find(&found).Error; err != nil {
			return err
		}
		p.line("by %s %q:", q.name, q.value)
		for _, f := range found {
			p.line("    %s, born %s, stored as %q and %q", f.Name, f.Born.Format("2 January 2006"), f.Email, f.Phone)
		}
	}
	return nil
}

// bothSides shows row 1003 as the application and as a thief of the file see it.
func bothSides(ctx context.Context, p printer, db *gorm.DB, thief *sql.DB) error {
	var a Patient
	if err := db.First(&a, 1003).Error; err != nil {
		return err
	}
	var clinic string
	raw := make([][]byte, 9)
	err := thief.QueryRowContext(ctx, "SELECT clinic, name, email, email__eq, phone, phone__eq, ssn, ssn__tok, diagnosis, notes FROM patients WHERE id = ?", a.ID).
		Scan(&clinic, &raw[0], &raw[1], &raw[2], &raw[3], &raw[4], &raw[5], &raw[6], &raw[7], &raw[8])
	if err != nil {
		return err
	}
	p.row("", "the application", "a thief of the file")
	p.row("id", fmt.Sprint(a.ID), fmt.Sprint(a.ID))
	p.row("clinic", a.Clinic, clinic)
	p.row("name", a.Name, hexOf(raw[0]))
	p.row("email", a.Email, hexOf(raw[1]))
	p.row("email__eq", "", hexOf(raw[2]))
	p.row("phone", a.Phone, hexOf(raw[3]))
	p.row("phone__eq", "", hexOf(raw[4]))
	p.row("ssn", a.SSN, hexOf(raw[5]))
	p.row("ssn__tok", "", hexOf(raw[6]))
	p.row("diagnosis", a.Diagnosis, hexOf(raw[7]))
	p.row("notes", *a.Notes, hexOf(raw[8]))
	info, err := cell.Inspect(raw[1])
	if err != nil {
		return err
	}
	p.line("The e-mail's cell says in clear: key %d, column %x, bound to its row. No more.", info.KeyID, info.ColumnTag)
	return nil
}

// searchFile looks for every protected value in the bytes of the database file.
func searchFile(p printer, path string, patients []*Patient) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	looked, seen := 0, 0
	for _, a := range patients {
		for _, value := range []string{a.Name, a.Email, a.Phone, a.SSN, textOf(a.Notes)} {
			if value == "" {
				continue
			}
			looked++
			if bytes.Contains(data, []byte(value)) {
				seen++
			}
		}
	}
	p.line("%d names, e-mails, phones, SSNs and notes looked for in the file's %d bytes: %d found.", looked, len(data), seen)
	if seen > 0 {
		return errors.New("plaintext in the database file")
	}
	return nil
}

// rotate adds and promotes a key, writes what is under the old one again, and disables it.
func rotate(ctx context.Context, p printer, db *gorm.DB, v *vault) error {
	before := v.live.Ring().CellKeys()
	old := before.Primary()
	added, id, err := before.Add()
	if err != nil {
		return err
	}
	if err := v.use(ctx, added); err != nil {
		return err
	}
	p.line("key %d added: it reads, and key %d still writes", id, old)
	promoted, err := added.Promote(id)
	if err != nil {
		return err
	}
	if err := v.use(ctx, promoted); err != nil {
		return err
	}
	p.line("key %d promoted: new cells are under it, old ones are read as before", id)
	var all []*Patient
	err = db.Transaction(func(tx *gorm.DB) error {
		if err := tx.Find(&all).Error; err != nil {
			return err
		}
		return tx.Save(all).Error
	})
	if err != nil {
		return err
	}
	p.line("%d rows sealed again", len(all))
	disabled, err := promoted.Disable(old)
	if err != nil {
		return err
	}
	if err := v.use(ctx, disabled); err != nil {
		return err
	}
	if err := db.Find(&all).Error; err != nil {
		return err
	}
	p.line("key %d disabled: all %d rows open without it", old, len(all))
	return nil
}

// thefts are tried by somebody who can write the file, and undone afterwards.
func thefts(ctx context.Context, p printer, db *gorm.DB, thief *sql.DB) error {
	var ssn, notes []byte
	if err := thief.QueryRowContext(ctx, "SELECT ssn, notes FROM patients WHERE id = 1004").Scan(&ssn, &notes); err != nil {
		return err
	}
	flipped := bytes.Clone(ssn)
	flipped[0] ^= 1
	for _, theft := range []struct {
		what, do string
		with     []any
	}{
		{"give a patient another one's notes", "UPDATE patients SET notes = (SELECT notes FROM patients WHERE id = 1003) WHERE id = 1004", nil},
		{"flip one bit of an SSN", "UPDATE patients SET ssn = ? WHERE id = 1004", []any{flipped}},
		{"hand a patient to the other clinic", "UPDATE patients SET clinic = 'harbor' WHERE id = 1004", nil},
	} {
		if _, err := thief.ExecContext(ctx, theft.do, theft.with...); err != nil {
			return err
		}
		err := db.First(&Patient{}, 1004).Error // the application meets the victim
		if !errors.Is(err, cell.ErrDecrypt) {
			return fmt.Errorf("%s: not refused: %w", theft.what, err)
		}
		p.line("%s:", theft.what)
		p.line("    %v", err)
		if _, err := thief.ExecContext(ctx, "UPDATE patients SET ssn = ?, notes = ?, clinic = 'north' WHERE id = 1004", ssn, notes); err != nil {
			return err
		}
	}
	return nil
}

func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func hexOf(b []byte) string {
	if len(b) > 16 {
		return fmt.Sprintf("%x… %d bytes", b[:16], len(b))
	}
	return strings.TrimSpace(fmt.Sprintf("%x", b))
}
