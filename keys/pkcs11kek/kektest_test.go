package pkcs11kek_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
	"github.com/cellseal/cellseal/keys/kektest"
)

func TestKEK(t *testing.T) {
	for name, stubborn := range map[string]bool{
		"sessions are lost":                 false,
		"the library must be loaded afresh": true,
	} {
		t.Run(name, func(t *testing.T) {
			s := newShim(t)
			if stubborn {
				require.NoError(t, s.put("stubborn", 0))
			}
			m := load(t, s.library)
			labels := [2]string{"one", "two"}
			for _, l := range labels {
				created(t, m, l)
			}
			kektest.Run(t, kektest.Harness{
				Server:  s,
				Secrets: []string{pin, soPIN},
				New: func(key_ int) (keys.KEK, error) {
					k, err := m.Open(t.Context(), key(labels[key_]))
					if err != nil {
						return nil, err
					}
					t.Cleanup(func() { _ = k.Close() })
					return kek.Remote(k, &kek.Options{Wait: 20 * time.Millisecond}), nil
				},
			})
		})
	}
}
