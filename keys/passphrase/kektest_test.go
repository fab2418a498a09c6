package passphrase

import (
	"testing"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kektest"
)

func TestKEK(t *testing.T) {
	phrases := [2]string{string(phrase), "Tr0ub4dor&3"}
	kektest.Run(t, kektest.Harness{
		New:     func(key int) (keys.KEK, error) { return cheap.kek([]byte(phrases[key])) },
		Secrets: phrases[:],
	})
}
