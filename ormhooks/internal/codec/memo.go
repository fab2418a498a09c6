package codec

// A memo keeps what belongs to places. Most calls ask for one place only, thousands of times:
// that one is compared and not hashed, and no map is made for it.
type memo[T comparable, V any] struct {
	last  place[T]
	of    V
	some  bool
	older map[place[T]]V
}

func (m *memo[T, V]) get(at place[T]) (of V, ok bool) {
	if m.some && m.last == at {
		return m.of, true
	}
	if of, ok = m.older[at]; ok {
		m.put(at, of)
	}
	return of, ok
}

func (m *memo[T, V]) put(at place[T], of V) {
	if m.some {
		if m.older == nil {
			m.older = map[place[T]]V{}
		}
		m.older[m.last] = m.of
	}
	m.last, m.of, m.some = at, of, true
}
