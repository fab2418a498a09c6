package ormhooks_test

import (
	"bytes"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/ormhooks"
)

func TestOnlyASealedHiddenReachesTheDatabase(t *testing.T) {
	var h ormhooks.Hidden
	for _, src := range []any{nil, []byte("term"), []byte{}, []byte(nil), "text", int64(1), int64(-1), uint64(1)} {
		v, err := h.Value()
		require.ErrorIs(t, err, ormhooks.ErrUnsealed)
		require.Nil(t, v)
		require.NoError(t, h.Scan(src), "%T", src)
	}
}

func TestHiddenCopiesWhatTheDriverWillReuse(t *testing.T) {
	d := newDoor(t, keyedRow{})
	row := &keyedRow{}
	row.set()
	d.seal(t, row)
	buffer := bytes.Clone(rowKeyOf(t, row))
	back := new(keyedRow)
	scanInto(t, row.Note, &back.Note)
	require.NoError(t, back.RowKey.Scan(buffer))
	clear(buffer)
	d.open(t, back)
}

func TestHiddenRefusesWhatItsColumnsCannotHold(t *testing.T) {
	for _, src := range []any{1.5, true, time.Now(), uint64(math.MaxUint64), struct{ s string }{canary}} {
		var h ormhooks.Hidden
		harmless(t, h.Scan(src))
	}
}

// A cards row has a key id beside its imprint, which drivers deliver in many forms.
type cards struct {
	_      struct{}                `cell:"table=cards,bind=id"`
	ID     int64                   `db:"id"`
	Number ormhooks.Sealed[string] `db:"number" cell:"imprint,alphabet=digits"`
	Kid    ormhooks.Hidden         `db:"number__kid"`
}

const cardNumber = "4111111111111111"

func sealedCard(t testing.TB, d door) *cards {
	card := &cards{ID: 1}
	card.Number.Set(cardNumber)
	d.seal(t, card)
	return card
}

func TestAKeyIDIsReadHoweverTheDriverDeliversIt(t *testing.T) {
	d := newDoor(t, cards{})
	card := sealedCard(t, d)
	for _, kid := range []any{int64(1001), uint64(1001), []byte("1001"), "1001"} {
		back := &cards{ID: 1}
		scanInto(t, card.Number, &back.Number)
		require.NoError(t, back.Kid.Scan(kid))
		d.open(t, back)
		require.Equal(t, cardNumber, back.Number.Get(), "%T", kid)
	}
}

// MySQL's text protocol, which serves statements without arguments, has a type of
// its own for unsigned columns.
func TestAKeyIDIsReadFromEveryColumnType(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		d := newDoor(t, cards{})
		for i, kid := range []string{db.Types.Int, db.Types.Uint, "INTEGER", "DECIMAL(12)", db.Types.Key} {
			table := "cards" + string(rune('a'+i))
			db.Run(t, "CREATE TABLE "+table+" (id "+db.Types.Int+", number "+db.Types.Text+", number__kid "+kid+")")
			card := sealedCard(t, d)
			number, err := card.Number.Value()
			require.NoError(t, err)
			db.Run(t, "INSERT INTO "+table+" VALUES (1, ?, '1001')", number)
			for _, args := range [][]any{nil, {int64(1)}} {
				where := "1 = 1"
				if args != nil {
					where = "id = ?"
				}
				back := &cards{}
				read(t, db, table, back, where, args...)
				d.open(t, back)
				require.Equal(t, cardNumber, back.Number.Get(), kid)
			}
		}
	})
}
