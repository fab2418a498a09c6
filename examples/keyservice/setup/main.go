// Setup makes what the walk-through needs, in a directory that it is given: a key file and a ring under
// it, a policy, and a CA with certificates for the service and one client. In production your KMS,
// your operators and your PKI make these.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/keyservice"
	"github.com/cellseal/cellseal/keys/localkek"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: setup directory")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "setup:", err)
		os.Exit(1)
	}
}

// policy lets the clinic look patients up, and have the keys of those it reads or writes: never the
// key of all of them.
const policy = `{
  "cellseal-policy": 1,
  "clients": [
    {
      "name": "clinic",
      "identities": ["dns:clinic.test", "uid:%d"],
      "rate": {"rows_per_second": 10000, "burst": 10000},
      "keep_seconds": 60,
      "rules": [
        {"path": ["t:patients"], "can": ["index"], "grain": "subtree"},
        {"path": ["t:patients"], "can": ["seal", "open"], "grain": "row"}
      ]
    }
  ]
}
`

func run(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	ctx, kekFile := context.Background(), filepath.Join(dir, "dev.kek")
	if err := localkek.Create(kekFile); err != nil {
		return err
	}
	kek, err := localkek.Open(kekFile)
	if err != nil {
		return err
	}
	ring, err := keys.NewRing()
	if err != nil {
		return err
	}
	stored, err := ring.Encrypt(ctx, kek, []byte("clinic"))
	if err != nil {
		return err
	}
	text := fmt.Appendf(nil, policy, os.Getuid())
	if _, err := keyservice.ParsePolicy(text); err != nil {
		return err
	}
	for name, data := range map[string][]byte{"ring.json": stored, "policy.json": text} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return err
		}
	}
	return certificates(dir)
}

// certificates makes a CA whose own key is thrown away, and two certificates under it.
func certificates(dir string) error {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "walk-through"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(30 * 24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	if err != nil {
		return err
	}
	if err := writePEM(filepath.Join(dir, "ca.crt"), "CERTIFICATE", der); err != nil {
		return err
	}
	for name, usage := range map[string]x509.ExtKeyUsage{"service": x509.ExtKeyUsageServerAuth, "clinic": x509.ExtKeyUsageClientAuth} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return err
		}
		leaf := &x509.Certificate{
			SerialNumber: big.NewInt(time.Now().UnixNano()), DNSNames: []string{name + ".test", "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{usage}, NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
		}
		if name == "clinic" { // a client has its name and no other
			leaf.DNSNames, leaf.IPAddresses = []string{"clinic.test"}, nil
		}
		der, err := x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), caKey)
		if err != nil {
			return err
		}
		private, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return err
		}
		if err := writePEM(filepath.Join(dir, name+".crt"), "CERTIFICATE", der); err != nil {
			return err
		}
		if err := writePEM(filepath.Join(dir, name+".key"), "PRIVATE KEY", private); err != nil {
			return err
		}
	}
	return nil
}

func writePEM(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
