package aws_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/examples/kms/aws"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kek"
	"github.com/cellseal/cellseal/keys/kektest"
)

const secretKey = "secret-access-key-canary"

func config(url, user string) sdk.Config {
	return sdk.Config{
		Region:       "eu-west-1",
		BaseEndpoint: sdk.String(url),
		Credentials:  credentials.NewStaticCredentialsProvider(user, secretKey, ""),
	}
}

// conforms runs the suite for the KEK and for the envelope, behind a proxy.
func conforms(t *testing.T, url string, arns [2]string) {
	p, err := kektest.NewProxy(url, busy)
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Stop() })
	h := kektest.Harness{Server: p, Secrets: []string{secretKey}}
	t.Run("KEK", func(t *testing.T) {
		h := h
		h.MinSize, h.MaxSize = 1, 4096
		h.New = func(key int) (keys.KEK, error) { return aws.KEK(t.Context(), config(p.URL, allowed), arns[key]) }
		kektest.Run(t, h)
	})
	t.Run("Envelope", func(t *testing.T) {
		h := h
		h.New = func(key int) (keys.KEK, error) { return aws.Envelope(t.Context(), config(p.URL, allowed), arns[key]) }
		kektest.Run(t, h)
	})
}

var arns = [2]string{
	"arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
	"arn:aws:kms:eu-west-1:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321",
}

func TestLocalEndpoint(t *testing.T) {
	conforms(t, newEndpoint(t, arns[:]...).URL, arns)
}

// Against moto, which others have written after the real service.
func TestMoto(t *testing.T) {
	program, err := exec.LookPath("moto_server")
	if err != nil {
		t.Skip("SKIPPED: moto_server is not installed (pip install 'moto[server,kms]'): KMS is tested on the local endpoint alone")
	}
	address, err := kektest.Address()
	require.NoError(t, err)
	host, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	cmd := exec.Command(program, "-H", host, "-p", port)
	cmd.Env = append(os.Environ(), "PYTHONWARNINGS=ignore")
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	url := "http://" + address
	require.Eventually(t, func() bool {
		r, err := http.Get(url + "/moto-api/data.json")
		if err == nil {
			r.Body.Close()
		}
		return err == nil
	}, time.Minute, 100*time.Millisecond, "moto_server does not come up")

	client := kms.NewFromConfig(config(url, allowed))
	var made [2]string
	for i := range made {
		key, err := client.CreateKey(t.Context(), &kms.CreateKeyInput{})
		require.NoError(t, err)
		made[i] = *key.KeyMetadata.Arn
	}
	conforms(t, url, made)
}

// Errors of the service come through the ring as AWS types them, and are final.
func TestAWSErrorsComeThrough(t *testing.T) {
	p, err := kektest.NewProxy(newEndpoint(t, arns[:]...).URL, busy)
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Stop() })
	ctx := t.Context()
	one, err := aws.KEK(ctx, config(p.URL, allowed), arns[0])
	require.NoError(t, err)
	ring, err := keys.NewRing()
	require.NoError(t, err)
	stored, err := ring.Encrypt(ctx, one, []byte("clinic-db"))
	require.NoError(t, err)

	var gone *kek.UnavailableError
	final := func(err, as any) {
		t.Helper()
		require.Error(t, err.(error))
		require.ErrorAs(t, err.(error), as)
		require.False(t, errors.As(err.(error), &gone))
	}
	other, err := aws.KEK(ctx, config(p.URL, allowed), arns[1])
	require.NoError(t, err)
	_, err = keys.OpenRing(ctx, stored, other, []byte("clinic-db"))
	var incorrect *types.IncorrectKeyException
	final(err, &incorrect)

	_, err = keys.OpenRing(ctx, stored, one, []byte("billing-db"))
	var invalid *types.InvalidCiphertextException
	final(err, &invalid)

	nobody, err := aws.KEK(ctx, config(p.URL, denied), arns[0])
	require.NoError(t, err)
	before := len(p.Calls())
	_, err = keys.OpenRing(ctx, stored, nobody, []byte("clinic-db"))
	require.ErrorContains(t, err, "AccessDeniedException")
	require.False(t, errors.As(err, &gone))
	require.Len(t, p.Calls(), before+1)

	missing, err := aws.KEK(ctx, config(p.URL, allowed), arns[0]+"0")
	require.NoError(t, err)
	_, err = ring.Encrypt(ctx, missing, nil)
	var notFound *types.NotFoundException
	final(err, &notFound)
}

// What is too large for KMS says so, and goes through the envelope.
func TestLargeGrantsNeedTheEnvelope(t *testing.T) {
	url := newEndpoint(t, arns[:]...).URL
	ctx := t.Context()
	ring, err := keys.NewRing()
	require.NoError(t, err)
	var subtrees []keys.Subtree
	for i := range 50 {
		subtrees = append(subtrees, keys.CellTree(keys.Table(fmt.Sprintf("table_%d", i))))
	}
	grant, err := keys.Grant(ctx, ring, subtrees...)
	require.NoError(t, err)
	try := func(make func(context.Context, sdk.Config, string) (keys.KEK, error)) error {
		k, err := make(ctx, config(url, allowed), arns[0])
		require.NoError(t, err)
		stored, err := grant.Encrypt(ctx, k, nil)
		if err == nil {
			_, err = keys.OpenGrant(ctx, stored, k, nil)
		}
		return err
	}
	require.ErrorContains(t, try(aws.KEK), "ValidationException")
	require.NoError(t, try(aws.Envelope))
}
