module github.com/cellseal/cellseal/keys/pkcs11kek

go 1.26.0

require (
	github.com/cellseal/cellseal v0.0.0
	github.com/miekg/pkcs11 v1.1.2
	github.com/stretchr/testify v1.12.1
	github.com/tink-crypto/tink-go/v2 v2.9.0
)

require (
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	google.golang.org/protobuf v1.36.11 // indirect
)

replace github.com/cellseal/cellseal => ../..
