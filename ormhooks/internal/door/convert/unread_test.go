package convert_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
)

// Text that is no time is told how times are written, and what it is told is so.
func TestTextThatIsNoTime(t *testing.T) {
	const says = "this text is no time: write it as 2006-01-02 15:04:05.999999Z, as 2006-01-02T15:04:05+02:00 or as 2006-01-02, where what names no zone is in UTC; or give a time.Time"
	_, err := convert.Asked(sqltext.PostgreSQL, value.Time, "02.01.2006")
	require.EqualError(t, err, says)
	for _, text := range []string{"2006-01-02 15:04:05.999999Z", "2006-01-02T15:04:05+02:00", "2006-01-02"} {
		_, err := convert.Asked(sqltext.PostgreSQL, value.Time, text)
		require.NoError(t, err, text)
	}
	_, err = convert.Asked(sqltext.PostgreSQL, value.Time, 7)
	require.EqualError(t, err, "a Go int is no time")
}
