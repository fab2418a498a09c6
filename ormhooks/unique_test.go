package ormhooks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
	"github.com/cellseal/cellseal/search"
)

// A users row has one e-mail address, whatever its spelling.
type users struct {
	_       struct{}                 `cell:"table=users,bind=id"`
	ID      int64                    `db:"id"`
	Email   ormhooks.Sealed[*string] `db:"email" cell:"seal" search:"exact,trim,fold,unique"`
	EmailEq ormhooks.Hidden          `db:"email__eq"`
}

func user(id int64, email string) *users {
	u := &users{ID: id}
	u.Email.Set(&email)
	return u
}

func TestTheDatabaseRefusesDuplicatesUnderTheTransforms(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createTable(t, db, "users", users{}, "UNIQUE (id)", "UNIQUE (email__eq)")
		d := newDoor(t, users{})
		add := func(u *users) error {
			d.seal(t, u)
			return insertErr(db, "users", u)
		}
		require.NoError(t, add(user(1, canary+"@example.com")))
		require.NoError(t, add(user(2, "other@example.com")))
		for _, same := range []string{canary + "@example.com", "\t" + canary + "@Example.com ", "CANARY-SIOBHAN.O-NEILL@EXAMPLE.COM"} {
			harmless(t, add(user(3, same)))
		}
		taken := user(2, " "+canary+"@example.COM")
		d.seal(t, taken)
		term, err := taken.EmailEq.Value()
		require.NoError(t, err)
		_, err = db.Exec(db.SQL("UPDATE users SET email__eq = ? WHERE id = 2"), term)
		harmless(t, err)

		for id := range int64(3) {
			null := &users{ID: 10 + id}
			null.Email.Set(nil)
			require.NoError(t, add(null), "NULLs are no duplicates")
		}
		require.NoError(t, add(user(20, "")))
		require.NoError(t, add(user(21, " ")), "nor is what has no term")
	})
}

func rotateIndex(t testing.TB, ring *keys.Ring, promote bool) (*keys.Ring, uint32) {
	t.Helper()
	ks, id, err := ring.IndexKeys().Add()
	require.NoError(t, err)
	if promote {
		ks, err = ks.Promote(id)
		require.NoError(t, err)
	}
	next, err := ring.WithIndexKeys(ks)
	require.NoError(t, err)
	return next, id
}

func disableIndex(t testing.TB, ring *keys.Ring, id uint32) *keys.Ring {
	t.Helper()
	ks, err := ring.IndexKeys().Disable(id)
	require.NoError(t, err)
	next, err := ring.WithIndexKeys(ks)
	require.NoError(t, err)
	return next
}

func pinned(t testing.TB, d door, id uint32) door {
	t.Helper()
	s, err := d.PinIndex("users", "email__eq", id)
	require.NoError(t, err)
	return door{s, d.source}
}

func TestAUniqueIndexNeedsAPinOnceThereAreTwoKeys(t *testing.T) {
	ring, _ := rotateIndex(t, celltest.Ring(t), false)
	d := newDoor(t, users{}).with(ring)
	u := user(1, canary)
	var pin *search.PinError
	require.ErrorAs(t, d.sealErr(t, u), &pin)
	requireUnsealed(t, u.Email)
	_, err := ormhooks.Match(ctx, d.source, d.Schema, "users", "email__eq", canary)
	require.ErrorAs(t, harmless(t, err), &pin)
	pinned(t, d, 1002).seal(t, u)
}

func TestAPinnedIndexStaysUniqueThroughARotation(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createTable(t, db, "users", users{}, "UNIQUE (id)", "UNIQUE (email__eq)")
		old := pinned(t, newDoor(t, users{}), 1002)
		first := user(1, canary)
		old.seal(t, first)
		insert(t, db, "users", first)

		ring, id := rotateIndex(t, celltest.Ring(t), true)
		d := old.with(ring)
		again := user(2, " "+canary)
		d.seal(t, again)
		harmless(t, insertErr(db, "users", again))
		require.Equal(t, old.match(t, "users", "email__eq", canary), d.match(t, "users", "email__eq", canary))

		next := pinned(t, d, id)
		require.NotEqual(t, d.match(t, "users", "email__eq", canary), next.match(t, "users", "email__eq", canary))
		for _, u := range readAll[users](t, db, "users") {
			next.open(t, u)
			next.seal(t, u)
			update(t, db, "users", u)
		}
		last := next.with(disableIndex(t, ring, 1002))
		again = user(3, canary+" ")
		last.seal(t, again)
		harmless(t, insertErr(db, "users", again))

		var unknown *keys.UnknownKeyError
		require.ErrorAs(t, d.with(last.source).sealErr(t, user(4, canary)), &unknown)
		require.Equal(t, uint32(1002), unknown.ID)
	})
}

func TestPinIndexChangesOneIndexOfACopy(t *testing.T) {
	d := newDoor(t, users{}, people{})
	ring, id := rotateIndex(t, celltest.Ring(t), true)
	other := pinned(t, d, id).with(ring)
	other.seal(t, user(1, "a"))
	var pin *search.PinError
	require.ErrorAs(t, d.with(ring).sealErr(t, user(1, "a")), &pin, "the schema it was made from")
	require.ErrorAs(t, other.sealErr(t, person(1, "a@b", "c")), &pin, "another table's index")
	for _, name := range [][2]string{{"users", "email"}, {"nobody", "email__eq"}, {"people", "phone__eq"}} {
		_, err := d.PinIndex(name[0], name[1], id)
		require.Error(t, err)
	}
}

// An index that is not unique is asked for under every enabled key: rows are found
// all through a rotation, and under the new key once they were written again.
func TestAnIndexIsAskedUnderEveryKey(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		createTable(t, db, "cards", phones{})
		d := newDoor(t, phones{})
		for id := range int64(3) {
			p := &phones{ID: id + 1}
			p.Phone.Set("0170 " + canary)
			d.seal(t, p)
			insert(t, db, "cards", p)
		}
		ring, id := rotateIndex(t, celltest.Ring(t), false)
		d = d.with(ring)
		require.Len(t, d.match(t, "cards", "phone__eq", "0170"), 2)
		ks, err := ring.IndexKeys().Promote(id)
		require.NoError(t, err)
		ring, err = ring.WithIndexKeys(ks)
		require.NoError(t, err)
		d = d.with(ring)

		count := func() (n int) {
			for _, term := range d.match(t, "cards", "phone__eq", "0170") {
				var some int
				db.Scan(t, "SELECT COUNT(*) FROM cards WHERE phone__eq = ?", []any{term}, &some)
				n += some
			}
			return n
		}
		for range 3 {
			require.Equal(t, 3, count())
			p := new(phones)
			read(t, db, "cards", p, "phone__eq = ? ORDER BY id LIMIT 1", d.match(t, "cards", "phone__eq", "0170")[1])
			d.open(t, p)
			d.seal(t, p)
			update(t, db, "cards", p)
		}
		d = d.with(disableIndex(t, ring, 1002))
		require.Len(t, d.match(t, "cards", "phone__eq", "0170"), 1)
		require.Equal(t, 3, count())
	})
}

type phones struct {
	_       struct{}                `cell:"table=cards,bind=id"`
	ID      int64                   `db:"id"`
	Phone   ormhooks.Sealed[string] `db:"phone" cell:"seal" search:"exact,digits"`
	PhoneEq ormhooks.Hidden         `db:"phone__eq"`
}
