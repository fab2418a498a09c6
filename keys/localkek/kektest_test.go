package localkek_test

import (
	"testing"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kektest"
	"github.com/cellseal/cellseal/keys/localkek"
)

func TestKEK(t *testing.T) {
	paths := [2]string{created(t), created(t)}
	kektest.Run(t, kektest.Harness{New: func(key int) (keys.KEK, error) { return localkek.Open(paths[key]) }})
}
