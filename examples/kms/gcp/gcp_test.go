package gcp_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"hash/crc32"
	"net"
	"sync"
	"testing"
	"time"

	"cloud.google.com/go/kms/apiv1/kmspb"
	"github.com/stretchr/testify/require"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/cellseal/cellseal/examples/kms/gcp"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/kektest"
)

// service is Encrypt and Decrypt of Cloud KMS after Google's reference, checksums
// included, over gRPC, and a kektest.Server. It has run against nothing else.
type service struct {
	kmspb.UnimplementedKeyManagementServiceServer
	keys map[string]cipher.AEAD // by resource name

	mu       sync.Mutex
	address  string
	listener net.Listener
	server   *grpc.Server
	calls    []time.Time
	refuse   int
	gate     chan struct{}
}

func newService(t *testing.T, names ...string) *service {
	address, err := kektest.Address()
	require.NoError(t, err)
	s := &service{keys: map[string]cipher.AEAD{}, address: address, gate: make(chan struct{})}
	close(s.gate)
	for _, name := range names {
		key := make([]byte, 32)
		rand.Read(key)
		block, err := aes.NewCipher(key)
		require.NoError(t, err)
		s.keys[name], err = cipher.NewGCMWithRandomNonce(block)
		require.NoError(t, err)
	}
	require.NoError(t, s.Start())
	t.Cleanup(func() { _ = s.Stop() })
	return s
}

func checksum(b []byte) *wrapperspb.Int64Value {
	return wrapperspb.Int64(int64(crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))))
}

func (s *service) Encrypt(_ context.Context, r *kmspb.EncryptRequest) (*kmspb.EncryptResponse, error) {
	key := s.keys[r.Name]
	switch {
	case key == nil:
		return nil, status.Error(codes.NotFound, "CryptoKey "+r.Name+" not found.")
	case len(r.Plaintext)+len(r.AdditionalAuthenticatedData) > 64<<10:
		return nil, status.Error(codes.InvalidArgument, "The plaintext is too large.")
	}
	sealed := key.Seal(nil, nil, r.Plaintext, r.AdditionalAuthenticatedData)
	return &kmspb.EncryptResponse{
		Name: r.Name + "/cryptoKeyVersions/1", Ciphertext: sealed, CiphertextCrc32C: checksum(sealed),
		VerifiedPlaintextCrc32C:                   r.PlaintextCrc32C.GetValue() == checksum(r.Plaintext).Value,
		VerifiedAdditionalAuthenticatedDataCrc32C: r.AdditionalAuthenticatedDataCrc32C.GetValue() == checksum(r.AdditionalAuthenticatedData).Value,
	}, nil
}

func (s *service) Decrypt(_ context.Context, r *kmspb.DecryptRequest) (*kmspb.DecryptResponse, error) {
	key := s.keys[r.Name]
	if key == nil {
		return nil, status.Error(codes.NotFound, "CryptoKey "+r.Name+" not found.")
	}
	plaintext, err := key.Open(nil, nil, r.Ciphertext, r.AdditionalAuthenticatedData)
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, "Decryption failed: verify that 'name' refers to the correct CryptoKey.")
	}
	return &kmspb.DecryptResponse{Plaintext: plaintext, PlaintextCrc32C: checksum(plaintext)}, nil
}

func (s *service) intercept(ctx context.Context, in any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	s.mu.Lock()
	s.calls = append(s.calls, time.Now())
	gate, refuse := s.gate, s.refuse > 0
	if refuse {
		s.refuse--
	}
	s.mu.Unlock()
	select {
	case <-gate:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if refuse {
		return nil, status.Error(codes.ResourceExhausted, "Quota exceeded for quota metric 'Cryptographic requests'")
	}
	return handle(ctx, in)
}

func (s *service) Calls() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]time.Time(nil), s.calls...)
}

func (s *service) Hold() func() {
	gate := make(chan struct{})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate = gate
	return sync.OnceFunc(func() { close(gate) })
}

func (s *service) Throttle(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = n
}

func (s *service) Stop() error {
	s.mu.Lock()
	server, listener := s.server, s.listener
	s.server = nil
	s.mu.Unlock()
	if server != nil {
		server.Stop()
		_ = listener.Close() // if it has not begun to serve yet
	}
	return nil
}

func (s *service) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server != nil {
		return errors.New("it runs already")
	}
	l, err := net.Listen("tcp", s.address)
	if err != nil {
		return err
	}
	s.listener = l
	s.server = grpc.NewServer(grpc.UnaryInterceptor(s.intercept))
	kmspb.RegisterKeyManagementServiceServer(s.server, s)
	go func(g *grpc.Server) { _ = g.Serve(l) }(s.server)
	return nil
}

func TestKEK(t *testing.T) {
	const ring = "projects/clinic/locations/europe-west1/keyRings/cellseal/cryptoKeys/"
	names := [2]string{ring + "one", ring + "two"}
	s := newService(t, names[:]...)
	kektest.Run(t, kektest.Harness{
		Server: s, MaxSize: 63 << 10,
		New: func(key int) (keys.KEK, error) {
			return gcp.KEK(t.Context(), names[key],
				option.WithEndpoint(s.address), option.WithoutAuthentication(),
				option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())),
				option.WithGRPCDialOption(grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.Config{BaseDelay: 50 * time.Millisecond, MaxDelay: 200 * time.Millisecond, Multiplier: 1.6}})))
		},
	})
}
