package segment_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/testdb"
	"github.com/cellseal/cellseal/internal/tree"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/search/segment"
)

// byHand is FORMAT.md §2 written down a second time, for reading. It shares no code with the package.
type byHand struct {
	nodes map[uint32][]byte
	path  []string
	k, d  int
}

func newByHand(d *keys.Derived, s segment.Shape) byHand {
	h := byHand{map[uint32][]byte{}, tree.Path(d.Tree()), s.Key, s.Doc}
	for _, n := range tree.Nodes(d.Tree()) {
		h.nodes[n.ID] = tree.Secret(n)[:]
	}
	return h
}

func prf(key []byte, p byte, x ...byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(append([]byte{p}, x...))
	return h.Sum(nil)
}

func gcm(key, sealed, ad []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return aead.Open(nil, sealed[:12], sealed[12:], ad)
}

var be = binary.BigEndian

func u64(n uint64) []byte { return be.AppendUint64(nil, n) }

func u48(b []byte) uint64 { return be.Uint64(append([]byte{0, 0}, b[:6]...)) }

func (h byHand) idx() int64 {
	x := []byte("cellseal/v1/segments\x00")
	for _, label := range h.path {
		x = append(binary.AppendUvarint(x, uint64(len(label))), label...)
	}
	sum := sha256.Sum256(x)
	return int64(be.Uint64(sum[:]) & 0x7fffffffffffffff)
}

type handPending struct {
	op   byte
	doc  []byte
	keys [][]byte
	room int
}

func (h byHand) pending(body []byte) (p handPending, err error) {
	kid := body[:4]
	plain, err := gcm(prf(h.nodes[be.Uint32(kid)], 0x29), body[4:], slices.Concat([]byte{1}, kid, u64(uint64(h.idx()))))
	if err != nil {
		return p, err
	}
	p.op, p.doc = plain[0], plain[1:1+h.d]
	rest := plain[1+h.d:]
	n := int(be.Uint32(rest))
	rest = rest[4:]
	p.room = len(rest) / h.k
	for range n {
		p.keys, rest = append(p.keys, rest[:h.k]), rest[h.k:]
	}
	if len(bytes.Trim(rest, "\x00")) > 0 {
		panic("padding is not zero")
	}
	return p, nil
}

type handSegment struct {
	seg            uint64
	kid            uint32
	level          uint16
	entries, voids uint64
	lowest         uint64
	highest        uint64
}

func (h byHand) manifest(stored []byte, ver int64) (k, d int, all []handSegment, err error) {
	kid := stored[:4]
	p, err := gcm(prf(h.nodes[be.Uint32(kid)], 0x28), stored[4:], slices.Concat([]byte{2}, kid, u64(uint64(h.idx())), u64(uint64(ver))))
	if err != nil {
		return 0, 0, nil, err
	}
	n := int(be.Uint16(p[5:]))
	k, d = int(be.Uint16(p[1:])), int(be.Uint16(p[3:]))
	if p[0] != 1 || len(p) != 7+42*n {
		panic("not of version 1")
	}
	for p = p[7:]; len(p) > 0; p = p[42:] {
		all = append(all, handSegment{be.Uint64(p), be.Uint32(p[8:]), be.Uint16(p[12:]), be.Uint64(p[14:]), be.Uint64(p[22:]), u48(p[30:]), u48(p[36:])})
	}
	return k, d, all, nil
}

// list reads one list of a segment, its pages from where they are stored.
func (h byHand) list(g handSegment, list byte, items, e int, page func(label int64) []byte) (all [][]byte, err error) {
	key := prf(h.nodes[g.kid], 0x2a, u64(g.seg)...)
	per := 1954 / e
	for number := 0; number*per < items; number++ {
		label := be.Uint64(prf(key, 0, append([]byte{list}, be.AppendUint32(nil, uint32(number))...)...)) & 0x7fffffffffffffff
		sealed := page(int64(label))
		if len(sealed) != 1984 {
			panic("a page is not 1984 bytes")
		}
		plain, err := gcm(prf(key, 1), sealed, append(u64(g.seg), u64(label)...))
		if err != nil {
			return nil, err
		}
		n := int(be.Uint16(plain))
		if want := min(per, items-number*per); n != want || len(plain) != 1956 || len(bytes.Trim(plain[2+n*e:], "\x00")) > 0 {
			panic("a page is not full, or its end is not zero")
		}
		for i := range n {
			all = append(all, plain[2+i*e:2+(i+1)*e])
		}
	}
	return all, nil
}

func TestWhatIsWrittenIsTheFormat(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, db testdb.DB) {
		ring := newRing(t)
		x := newIndex(t, newStore(t, db, &segment.Options{Prefix: "p_"}), ring, shape)
		d, err := ring.Index(ctx, keys.Scope("tenant", "secret-tenant"), keys.Table("patients"), keys.Index("notes", "words", "fold.v1"))
		require.NoError(t, err)
		h, c := newByHand(d, shape), segment.SQL(db.DB)

		write(t, x, c, segment.Added, 7, 3, 1, 2, 3)
		write(t, x, c, segment.Replaced, 8, 9, 8, 7, 6, 5, 4, 3, 2, 1)
		write(t, x, c, segment.Removed, 9)
		rows, err := c.Query(ctx, "SELECT idx, body FROM p_cellseal_pending ORDER BY id")
		require.NoError(t, err)
		want := []handPending{
			{1, doc(7), [][]byte{key(1), key(2), key(3)}, 8},
			{2, doc(8), [][]byte{key(1), key(2), key(3), key(4), key(5), key(6), key(7), key(8), key(9)}, 16},
			{3, doc(9), nil, 8},
		}
		for i, row := range rows {
			require.Equal(t, h.idx(), row[0])
			got, err := h.pending(row[1].([]byte))
			require.NoError(t, err)
			require.Equal(t, want[i], got)
		}

		require.NoError(t, x.Flush(ctx, c)) // the oldest segment has no voids
		together(t, db, func(c segment.Conn) {
			for id := range 200 {
				write(t, x, c, segment.Replaced, id, id, id+1)
			}
		})
		require.NoError(t, x.Flush(ctx, c))
		rows, err = c.Query(ctx, "SELECT ver, manifest FROM p_cellseal_segments WHERE until = 0 AND holder IS NULL")
		require.NoError(t, err)
		require.Len(t, rows, 1)
		k, dd, segments, err := h.manifest(rows[0][1].([]byte), rows[0][0].(int64))
		require.NoError(t, err)
		require.Equal(t, []int{16, 8, 2}, []int{k, dd, len(segments)})
		require.Equal(t, int64(3), rows[0][0]) // begun, and flushed twice
		first, second := segments[0], segments[1]
		require.Equal(t, []uint64{12, 0, 1, 2}, []uint64{first.entries, first.voids, first.lowest, first.highest})
		require.Equal(t, []uint64{400, 200, 4, 203}, []uint64{second.entries, second.voids, second.lowest, second.highest})

		stored := map[int64][]byte{}
		rows, err = c.Query(ctx, db.SQL("SELECT label, page FROM p_cellseal_pages WHERE seg = ?"), int64(second.seg))
		require.NoError(t, err)
		for _, row := range rows {
			stored[row[0].(int64)] = row[1].([]byte)
		}
		page := func(label int64) []byte { return stored[label] }
		entries, err := h.list(second, 0, 400, 16+8+6, page)
		require.NoError(t, err)
		fences, err := h.list(second, 1, (400+64)/65, 16+8, page)
		require.NoError(t, err)
		voids, err := h.list(second, 2, 200, 8+6, page)
		require.NoError(t, err)
		require.Len(t, stored, 7+1+2)
		var wantEntries, wantFences, wantVoids [][]byte
		for id := range 200 {
			version := u64(uint64(id + 4))[2:]
			wantEntries = append(wantEntries, slices.Concat(key(id), doc(id), version), slices.Concat(key(id+1), doc(id), version))
			wantVoids = append(wantVoids, slices.Concat(doc(id), version))
		}
		slices.SortFunc(wantEntries, bytes.Compare)
		for i := 0; i < 400; i += 65 {
			wantFences = append(wantFences, wantEntries[i][:24])
		}
		require.Equal(t, wantEntries, entries)
		require.Equal(t, wantFences, fences)
		require.Equal(t, wantVoids, voids)
		parts, err := c.Query(ctx, "SELECT COUNT(*) FROM p_cellseal_parts WHERE until = 9223372036854775807")
		require.NoError(t, err)
		require.Equal(t, int64(2), parts[0][0])
	})
}
