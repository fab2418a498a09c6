package ormhooks_test

import (
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/ormhooks"
	"github.com/cellseal/cellseal/ormhooks/celltest"
)

// The story test: random writes, reads and rotations, beside a map that holds the
// truth in clear. Whatever happened, every row reads as the map says, is found by
// what the map says, and by nothing it held before.

type ledger struct {
	_          struct{}                           `cell:"table=ledger,bind=row_key,scope=tenant(tenant)"`
	ID         int64                              `db:"id"`
	Tenant     int64                              `db:"tenant"`
	Holder     ormhooks.Sealed[string]            `db:"holder" cell:"seal,pad=32" search:"exact,trim,fold"`
	HolderEq   ormhooks.Hidden                    `db:"holder__eq"`
	IBAN       ormhooks.Sealed[*string]           `db:"iban" cell:"imprint,alphabet=alnum,keep" search:"exact,alnum"`
	IBANKid    ormhooks.Hidden                    `db:"iban__kid"`
	IBANEq     ormhooks.Hidden                    `db:"iban__eq"`
	Balance    ormhooks.Sealed[string]            `db:"balance" cell:"seal,type=numeric(12,2),text"`
	Opened     ormhooks.Sealed[time.Time]         `db:"opened" cell:"seal,type=timestamp(3),compartment=dates"`
	Remark     ormhooks.Sealed[*string]           `db:"remark" cell:"token"`
	RemarkTok  ormhooks.Hidden                    `db:"remark__tok"`
	Labels     ormhooks.Sealed[map[string]string] `db:"labels" cell:"seal,json,compartment=free,bind=column"`
	CellsealRK ormhooks.Hidden                    `db:"cellseal_row"`
}

// An account is a ledger row in clear.
type account struct {
	tenant          int64
	holder, balance string
	iban, remark    *string
	opened          time.Time
	labels          map[string]string
}

type story struct {
	testing.TB
	*rand.Rand
	db    testdb.DB
	door  door
	live  *keys.Live
	truth map[int64]account
}

func TestAStoryEndsAsItsTruth(t *testing.T) {
	seeds, steps := 6, 300
	if testing.Short() {
		seeds, steps = 2, 100
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			s := &story{TB: t, Rand: rand.New(rand.NewPCG(1, uint64(seed))), db: testdb.OpenSQLite(t), live: keys.NewLive(celltest.Ring(t), nil), truth: map[int64]account{}}
			createTable(t, s.db, "ledger", ledger{}, "UNIQUE (id)", "UNIQUE (cellseal_row)")
			s.door = newDoor(t, ledger{}).with(s.live)
			acts := []func(){s.insert, s.insert, s.update, s.update, s.update, s.delete, s.reseal, s.read, s.read, s.find, s.find, s.addKey, s.promoteKey, s.retireKeys, s.addIndexKey, s.retireIndexKeys}
			for range steps {
				acts[s.IntN(len(acts))]()
			}
			s.check()
			require.Greater(t, len(s.truth), steps/20, "or the story was too short")
		})
	}
}

var holders = []string{"Siobhán O'Neill", "SIOBHÁN O'NEILL ", "Zoë", " zoë", "", "Ἀχιλλεύς", "b"}

func (s *story) account() account {
	cents := s.Int64N(2e11) - 1e11
	a := account{
		tenant: s.Int64N(3) + 1, holder: holders[s.IntN(len(holders))], balance: big.NewRat(cents, 100).FloatString(2),
		opened: time.Unix(s.Int64N(4e9)-2e9, s.Int64N(1e9)).UTC().Round(time.Millisecond),
	}
	if s.IntN(3) > 0 {
		a.iban = ptr(fmt.Sprintf("DE%02d %04d %04d", s.IntN(100), s.IntN(10000), s.IntN(10)))
	}
	if s.IntN(3) > 0 {
		a.remark = ptr(strings.Repeat("€", s.IntN(4)))
	}
	if s.IntN(3) > 0 {
		a.labels = map[string]string{"k": fmt.Sprint(s.IntN(10)), holders[s.IntN(len(holders))]: ""}
	}
	return a
}

func (s *story) set(r *ledger, a account) {
	r.Tenant = a.tenant
	r.Holder.Set(a.holder)
	r.IBAN.Set(a.iban)
	r.Balance.Set(a.balance)
	r.Opened.Set(a.opened)
	r.Remark.Set(a.remark)
	r.Labels.Set(a.labels)
}

func (s *story) insert() {
	var list []*ledger
	for range s.IntN(3) + 1 {
		id := int64(len(s.truth)*1000) + s.Int64N(1000) + 1
		if _, taken := s.truth[id]; taken {
			continue
		}
		s.truth[id] = s.account()
		r := &ledger{ID: id}
		s.set(r, s.truth[id])
		list = append(list, r)
	}
	s.door.seal(s, &list)
	for _, r := range list {
		insert(s, s.db, "ledger", r)
	}
}

// pick returns a row as the database has it, opened.
func (s *story) pick() (*ledger, bool) {
	if len(s.truth) == 0 {
		return nil, false
	}
	ids := slices.Sorted(maps.Keys(s.truth))
	r := new(ledger)
	read(s, s.db, "ledger", r, "id = ?", ids[s.IntN(len(ids))])
	s.door.open(s, r)
	return r, true
}

// update changes some of a row, its tenant included, and writes all of it.
func (s *story) update() {
	r, ok := s.pick()
	if !ok {
		return
	}
	a, next := s.truth[r.ID], s.account()
	for i, change := range []func(){
		func() { a.tenant, r.Tenant = next.tenant, next.tenant },
		func() { a.holder = next.holder; r.Holder.Set(a.holder) },
		func() { a.iban = next.iban; r.IBAN.Set(a.iban) },
		func() { a.balance = next.balance; r.Balance.Set(a.balance) },
		func() { a.opened = next.opened; r.Opened.Set(a.opened) },
		func() { a.remark = next.remark; r.Remark.Set(a.remark) },
		func() { a.labels = next.labels; r.Labels.Set(a.labels) },
	} {
		if s.IntN(7) <= i%3 {
			change()
		}
	}
	s.truth[r.ID] = a
	s.door.seal(s, r)
	update(s, s.db, "ledger", r)
}

func (s *story) delete() {
	if r, ok := s.pick(); ok && s.IntN(2) == 0 {
		delete(s.truth, r.ID)
		s.db.Run(s, "DELETE FROM ledger WHERE id = ?", r.ID)
	}
}

func (s *story) reseal() {
	if r, ok := s.pick(); ok {
		s.door.seal(s, r)
		update(s, s.db, "ledger", r)
	}
}

func (s *story) read() {
	if r, ok := s.pick(); ok {
		s.same(r)
	}
}

func (s *story) same(r *ledger) {
	a := s.truth[r.ID]
	require.Equal(s, a.tenant, r.Tenant)
	require.Equal(s, a.holder, r.Holder.Get())
	require.Equal(s, a.iban, r.IBAN.Get())
	require.Equal(s, a.balance, padded(r.Balance.Get()))
	require.Equal(s, a.opened, r.Opened.Get())
	require.Equal(s, a.remark, r.Remark.Get())
	require.Equal(s, a.labels, r.Labels.Get())
}

// padded gives a canonical decimal its two places back.
func padded(s string) string {
	whole, fraction, _ := strings.Cut(s, ".")
	return whole + "." + (fraction + "00")[:2]
}

// find asks for a holder in a tenant and compares with all that the truth knows.
func (s *story) find() {
	holder, in := holders[s.IntN(len(holders))], s.Int64N(3)+1
	if strings.TrimSpace(holder) == "" {
		return
	}
	terms, err := ormhooks.Match(ormhooks.WithScope(ctx, "tenant", fmt.Sprint(in)), s.live, s.door.Schema, "ledger", "holder__eq", holder)
	require.NoError(s, err)
	var got, want []int64
	for _, term := range terms {
		rows, err := s.db.Query("SELECT id FROM ledger WHERE holder__eq = ?", term)
		require.NoError(s, err)
		for rows.Next() {
			got = append(got, 0)
			require.NoError(s, rows.Scan(&got[len(got)-1]))
		}
		require.NoError(s, rows.Err())
	}
	for id, a := range s.truth {
		if a.tenant == in && strings.EqualFold(strings.TrimSpace(a.holder), strings.TrimSpace(holder)) {
			want = append(want, id)
		}
	}
	require.ElementsMatch(s, want, got)
}

func (s *story) addKey() {
	if ring := s.live.Ring(); len(slices.Collect(ring.CellKeys().Keys())) < 4 {
		ring, _ = added(s, ring)
		s.live.Swap(ring)
	}
}

func (s *story) promoteKey() {
	all := slices.Collect(s.live.Ring().CellKeys().Keys())
	if k := all[s.IntN(len(all))]; k.Enabled {
		s.live.Swap(promoted(s, s.live.Ring(), k.ID))
	}
}

// resealStale writes again what Stale says is not under the primary, or all rows.
func (s *story) resealStale(all bool) {
	for _, r := range readAll[ledger](s, s.db, "ledger") {
		if !all && !s.door.stale(s, r) {
			continue
		}
		s.door.open(s, r)
		s.door.seal(s, r)
		update(s, s.db, "ledger", r)
	}
}

// retireKeys does what an operator does at the end of a rotation.
func (s *story) retireKeys() {
	s.resealStale(false)
	ring := s.live.Ring()
	for k := range ring.CellKeys().Keys() {
		if !k.Primary && k.Enabled {
			ring = disabled(s, ring, k.ID)
			ring = changed(s, ring, func(ks *keys.Keyset) (*keys.Keyset, error) { return ks.Remove(k.ID) })
		}
	}
	s.live.Swap(ring)
}

func (s *story) addIndexKey() {
	if ring := s.live.Ring(); len(slices.Collect(ring.IndexKeys().Keys())) < 3 {
		ring, _ = rotateIndex(s, ring, s.IntN(2) == 0)
		s.live.Swap(ring)
	}
}

func (s *story) retireIndexKeys() {
	s.resealStale(true) // Stale knows nothing of terms
	ring := s.live.Ring()
	for k := range ring.IndexKeys().Keys() {
		if !k.Primary && k.Enabled {
			ring = disableIndex(s, ring, k.ID)
		}
	}
	s.live.Swap(ring)
}

func (s *story) check() {
	rows := readAll[ledger](s, s.db, "ledger")
	require.Len(s, rows, len(s.truth))
	s.door.open(s, &rows)
	for _, r := range rows {
		s.same(r)
	}
	for range 20 {
		s.find()
	}
}
