package kek

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
)

// UnavailableError says that a KEK's server could not be asked, or was too busy
// to answer, as often as it was tried. What is stored is not to blame: the same
// call works when the server does.
type UnavailableError struct {
	Attempts  int  // how often the server was asked
	Throttled bool // the last answer was that it is asked too much
	Err       error
}

func (e *UnavailableError) Error() string {
	why := "the KEK's server cannot be reached or does not answer"
	if e.Throttled {
		why = "the KEK's server says that it is asked too much"
	}
	return fmt.Sprintf("cellseal: %s (attempts: %d): %v", why, e.Attempts, e.Err)
}

func (e *UnavailableError) Unwrap() error { return e.Err }

// Unavailable is how package keys, which does not know this one, tells it from a refusal.
func (e *UnavailableError) Unavailable() bool { return true }

// A Verdict is what an error of a KEK's client means for whoever might try again.
type Verdict int

const (
	// Refused: an answer, which will not change. A wrong key, a changed
	// ciphertext and a missing permission are all this.
	Refused Verdict = iota
	// Throttled: the server asks to be asked less.
	Throttled
	// Unavailable: there was no answer, or the server is at fault.
	Unavailable
)

// Status returns the verdict of an HTTP status code.
func Status(code int) Verdict {
	switch code {
	case http.StatusTooManyRequests:
		return Throttled
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return Unavailable
	}
	return Refused
}

// Classify is the verdict that [Remote] gives when its options name no other. It
// knows the errors of package net, those that tell an HTTPStatusCode() int or an
// ErrorCode() string, as the AWS client's do, and an [UnavailableError]. What it
// does not know is Refused: an answer that is not understood is not asked for
// again. Clients of Vault, Azure and GCP keep the code where only an import
// reaches it; for them write a function of three lines around [Status].
func Classify(err error) Verdict {
	var (
		known  *UnavailableError
		coded  interface{ ErrorCode() string }
		status interface{ HTTPStatusCode() int }
	)
	switch {
	case errors.As(err, &known):
		if known.Throttled {
			return Throttled
		}
		return Unavailable
	case errors.As(err, &coded) && throttling[coded.ErrorCode()]: // AWS sends these with status 400
		return Throttled
	case errors.As(err, &status) && status.HTTPStatusCode() != 0:
		return Status(status.HTTPStatusCode())
	case unreachable(err):
		return Unavailable
	}
	return Refused
}

// throttling are the codes that AWS has for it, of which KMS documents the first
// (https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html).
var throttling = map[string]bool{
	"ThrottlingException": true, "Throttling": true, "ThrottledException": true, "RequestThrottledException": true,
	"TooManyRequestsException": true, "RequestLimitExceeded": true, "SlowDown": true,
}

func unreachable(err error) bool {
	var (
		op   *net.OpError
		dns  *net.DNSError
		slow net.Error
	)
	switch {
	case errors.As(err, &op):
		// A TLS alert comes as one of these Ops. It is an answer: a certificate was
		// not liked, or there is no common version.
		return op.Op != "remote error" && op.Op != "local error"
	case errors.As(err, &dns):
		return true
	case errors.As(err, &slow) && slow.Timeout(): // url.Error is a net.Error whatever is in it, so that alone says nothing
		return true
	}
	for _, target := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE, context.DeadlineExceeded, net.ErrClosed} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}
