package testdb

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// outcome is a testing.TB that notes how a test ended.
type outcome struct {
	testing.TB
	how, message string
}

func (*outcome) Helper() {}
func (o *outcome) Skip(a ...any) {
	o.how, o.message = "skip", fmt.Sprint(a...)
	runtime.Goexit()
}
func (o *outcome) Fatalf(format string, a ...any) {
	o.how, o.message = "fatal", fmt.Sprintf(format, a...)
	runtime.Goexit()
}

func askFor(name string) *outcome {
	o := &outcome{how: "went on"}
	done := make(chan struct{})
	go func() {
		defer close(done)
		o.message = variable(o, name)
	}()
	<-done
	return o
}

func TestAMissingServerIsSkippedLoudly(t *testing.T) {
	t.Setenv(RequireVariable, "")
	t.Setenv(MySQLVariable, "")
	o := askFor(MySQLVariable)
	require.Equal(t, "skip", o.how)
	require.Contains(t, o.message, "NOT TESTED")
	require.Contains(t, o.message, MySQLVariable)
}

func TestAMissingServerThatIsRequiredFails(t *testing.T) {
	t.Setenv(RequireVariable, "1")
	t.Setenv(PostgresVariable, "")
	o := askFor(PostgresVariable)
	require.Equal(t, "fatal", o.how)
	require.Contains(t, o.message, PostgresVariable)
}

func TestAServerThatIsThereIsUsed(t *testing.T) {
	t.Setenv(RequireVariable, "1")
	t.Setenv(PostgresVariable, "a DSN")
	o := askFor(PostgresVariable)
	require.Equal(t, "went on", o.how)
	require.Equal(t, "a DSN", o.message)
}
