package gcmkek_test

import (
	"bytes"
	"testing"

	"github.com/cellseal/cellseal/internal/gcmkek"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kektest"
)

func TestKEK(t *testing.T) {
	kektest.Run(t, kektest.Harness{New: func(key int) (keys.KEK, error) {
		return gcmkek.New(bytes.Repeat([]byte{byte(key)}, 32))
	}})
}
