module github.com/cellseal/cellseal/examples/pgx

go 1.26.0

require (
	github.com/cellseal/cellseal v0.0.0
	github.com/cellseal/cellseal/ormhooks/pgxcell v0.0.0
	github.com/jackc/pgx/v5 v5.12.0
)

require (
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/jackc/puddle/v2 v2.2.3 // indirect
	github.com/jinzhu/inflection v1.0.0 // indirect
	github.com/tink-crypto/tink-go/v2 v2.9.0 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	google.golang.org/protobuf v1.36.11 // indirect
)

replace (
	github.com/cellseal/cellseal => ../..
	github.com/cellseal/cellseal/ormhooks/pgxcell => ../../ormhooks/pgxcell
)
