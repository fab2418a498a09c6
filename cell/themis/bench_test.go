package themis

import "testing"

func BenchmarkCell(b *testing.B) {
	key, context := make([]byte, 32), []byte("table=users;column=email;row=1")
	for _, size := range []struct {
		name string
		n    int
	}{{"64B", 64}, {"4KiB", 4 << 10}, {"1MiB", 1 << 20}} {
		message := make([]byte, size.n)
		sealed, err := Seal(key, message, context)
		if err != nil {
			b.Fatal(err)
		}
		ciphertext, token, err := Protect(key, message, context)
		if err != nil {
			b.Fatal(err)
		}
		run := func(name string, f func() error) {
			b.Run(name+"/"+size.name, func(b *testing.B) {
				b.SetBytes(int64(size.n))
				b.ReportAllocs()
				for b.Loop() {
					if err := f(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		run("Seal", func() error { _, err := Seal(key, message, context); return err })
		run("Open", func() error { _, err := Open(key, sealed, context); return err })
		run("Protect", func() error { _, _, err := Protect(key, message, context); return err })
		run("OpenProtected", func() error { _, err := OpenProtected(key, ciphertext, token, context); return err })
		run("Imprint", func() error { _, err := Imprint(key, message, context); return err })
	}
}

// At the writers' count, and at the most a stranger's cell can ask for.
func BenchmarkOpenWithPassphrase(b *testing.B) {
	for _, count := range []struct {
		name string
		n    uint32
	}{{"written", iterations}, {"limit", maxIterations}} {
		b.Run(count.name, func(b *testing.B) {
			cell, err := sealWithPassphrase([]byte("passphrase"), []byte("message"), nil, count.n)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := OpenWithPassphrase([]byte("passphrase"), cell, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
