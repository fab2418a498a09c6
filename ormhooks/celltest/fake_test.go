package celltest_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// fakeT is a testing.TB that notes what it is told.
type fakeT struct {
	testing.TB
	errors, fatal, logs []string
}

func (*fakeT) Helper()                        {}
func (f *fakeT) Error(a ...any)               { f.errors = append(f.errors, fmt.Sprint(a...)) }
func (f *fakeT) Logf(format string, a ...any) { f.logs = append(f.logs, fmt.Sprintf(format, a...)) }
func (f *fakeT) Fatal(a ...any) {
	f.fatal = append(f.fatal, fmt.Sprint(a...))
	runtime.Goexit()
}
func (f *fakeT) Fatalf(format string, a ...any) { f.Fatal(fmt.Sprintf(format, a...)) }

// said is everything the test would have printed.
func (f *fakeT) said() string {
	return strings.Join(append(append(f.errors, f.fatal...), f.logs...), "\n")
}

// under runs test as a test of its own would be, and returns what became of it.
func under(test func(t testing.TB)) *fakeT {
	f := &fakeT{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(f)
	}()
	<-done
	return f
}
