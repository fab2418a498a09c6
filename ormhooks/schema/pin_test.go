package schema_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/ormhooks"
)

func TestAUniqueIndexIsPinnedInACopy(t *testing.T) {
	s := must(t, RichPatient{}, RichVisit{})
	pinned, err := s.PinIndex("patients_2031", "phone__eq", 77)
	require.NoError(t, err)
	twice, err := pinned.PinIndex("patients_2031", "email__eq", 78)
	require.NoError(t, err)
	key := func(s *ormhooks.Schema, hidden string) uint32 {
		for _, x := range s.Table("patients_2031").Indexes {
			if x.Hidden() == hidden {
				return x.Options().PinnedKey
			}
		}
		t.Fatal(hidden)
		return 0
	}
	require.Zero(t, key(s, "phone__eq"))
	require.EqualValues(t, 77, key(pinned, "phone__eq"))
	require.Zero(t, key(pinned, "email__eq"))
	require.EqualValues(t, 77, key(twice, "phone__eq"))
	require.EqualValues(t, 78, key(twice, "email__eq"))
	require.Equal(t, s.Lock(), twice.Lock())
	require.Same(t, s.Table("visits"), twice.Table("visits"))

	visits, err := s.PinIndex("visits", "note__eq", 79) // the first of its table
	require.NoError(t, err)
	require.EqualValues(t, 79, visits.Table("visits").Indexes[0].Options().PinnedKey)
}

func TestWhatCannotBePinned(t *testing.T) {
	s := must(t, RichPatient{})
	for _, c := range [][3]string{
		{"patients", "phone__eq", "cellseal: no table patients in the schema"},
		{"patients_2031", "phone", "cellseal: table patients_2031 has no unique index and no join group phone"},
		{"patients_2031", "debt__eq", "cellseal: table patients_2031 has no unique index and no join group debt__eq"},
	} {
		_, err := s.PinIndex(c[0], c[1], 1)
		require.EqualError(t, err, c[2])
	}
}
