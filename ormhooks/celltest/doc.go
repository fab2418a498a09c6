// Package celltest helps to test programs that use Cellseal: fixed keys, a guard
// for cell.lock, and proof that a value is nowhere to be found in a database.
//
//	func TestSchema(t *testing.T) {
//		s, err := ormhooks.NewSchema(Patient{}, Visit{})
//		…
//		celltest.Lock(t, s, "cell.lock")
//	}
//
//	func TestPatientsAreSealed(t *testing.T) {
//		store := newStore(celltest.Ring(t)) // a keys.Source; keys.NewLive(celltest.Ring(t), nil) is one too
//		store.Create(Patient{Email: ormhooks.New("canary-7f3a@example.com")})
//		celltest.AssertSealed(t, rawDB, "canary-7f3a@example.com")
//	}
//
// [NewByRow] stands in for a key service at row grain, and counts what a program asks it for.
package celltest
