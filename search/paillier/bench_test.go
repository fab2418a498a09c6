package paillier

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func BenchmarkKey(b *testing.B) {
	for _, v := range readVectors(b) {
		private, err := ParsePrivateKey(v.Private)
		require.NoError(b, err)
		public := private.Public()
		c := public.Encrypt(7)
		for name, f := range map[string]func(){
			"Encrypt":     func() { public.Encrypt(7) },
			"Add":         func() { _, _ = public.Add(c, c) },
			"Rerandomize": func() { _, _ = public.Rerandomize(c) },
			"Decrypt":     func() { _, _ = private.Int64(c) },
		} {
			b.Run(fmt.Sprintf("%s/%d", name, v.Bits), func(b *testing.B) {
				for b.Loop() {
					f()
				}
			})
		}
	}
}
