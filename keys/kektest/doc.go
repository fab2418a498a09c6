// Package kektest holds what every KEK must do, as tests: whoever writes an
// adapter for a KMS, an HSM or a key service runs them against it.
//
//	func TestKEK(t *testing.T) {
//		kektest.Run(t, kektest.Harness{
//			New: func(key int) (keys.KEK, error) { return mykms.Open(address, names[key]) },
//		})
//	}
//
// They look at the KEK alone (round trips, associated data, every byte changed, the
// wrong key), at rings and grants under it, and, if the harness can disturb the
// server behind it, at what becomes of calls while that is slow, busy or
// gone. [Proxy] stands in front of a server that speaks HTTP and disturbs it.
//
// What a harness leaves out is skipped, and the tests say so.
package kektest
