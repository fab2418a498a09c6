package keyservice_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/keyservice"
)

func handlerForFuzz(t testing.TB) *keyservice.Handler {
	ring, err := keys.NewRing()
	require.NoError(t, err)
	policy := policyOf(client("a", `"uid:1"`, 1e6, 1e6, rowsOfMedical+`,{"path": ["t:orders"], "can": ["seal", "open", "index"], "grain": "subtree"}`))
	return keyservice.NewHandler(ring, parse(t, policy), &keyservice.HandlerOptions{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
}

// ask sends anything and checks what holds of every answer.
func ask(t *testing.T, h *keyservice.Handler, uid uint32, method, path, kind, body string) int {
	r := httptest.NewRequest(method, "/", strings.NewReader(body))
	r.URL.Path = path
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r.WithContext(keyservice.AsPeer(r.Context(), uid)))
	require.True(t, json.Valid(w.Body.Bytes()))
	if strings.Contains(w.Body.String(), `"node"`) || strings.Contains(w.Body.String(), `"keys"`) {
		require.Equal(t, 200, w.Code)
		require.Equal(t, uint32(1), uid, "nobody else is given anything")
		require.Contains(t, []string{"/v1/subtree", "/v1/rows"}, path)
		if path == "/v1/subtree" {
			require.Contains(t, w.Body.String(), `"t:orders"`)
		}
	}
	return w.Code
}

func FuzzHandler(f *testing.F) {
	for _, body := range []string{askMedical, `{"ring":"cells","path":["t:orders","c:default"]}`, `{}`, `{"key":1}`, `[`, ``, `null`,
		`{"path":["s:tenant/*","t:patients","c:medical"],"rows":["", "AA=="]}`} {
		for _, path := range []string{"/v1/rows", "/v1/subtree", "/v1/revision", "/v1/reload", "/v1/../x"} {
			f.Add(uint32(1), "POST", path, "application/json", body)
		}
	}
	h := handlerForFuzz(f)
	f.Fuzz(func(t *testing.T, uid uint32, method, path, kind, body string) {
		if strings.ContainsAny(method, " \t\r\n") || method == "" || !isToken(method) {
			method = "POST"
		}
		ask(t, h, uid, method, path, kind, body)
	})
}

func isToken(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' })
}

func FuzzPolicy(f *testing.F) {
	f.Add([]byte(clientFile(allOfPatients)))
	f.Add([]byte(clientFile(rowsOfMedical)))
	f.Add([]byte(`{"cellseal-policy":1,"clients":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := keyservice.ParsePolicy(data)
		if (p == nil) == (err == nil) {
			t.Fatal("neither a policy nor an error, or both")
		}
	})
}

// Ten thousand requests put together by chance from what requests are made of.
func TestRandomRequests(t *testing.T) {
	h := handlerForFuzz(t)
	r := rand.New(rand.NewPCG(1, 2))
	parts := []string{`{`, `}`, `[`, `]`, `:`, `,`, `"path"`, `"rows"`, `"ring"`, `"key"`, `"cells"`, `"index"`, `"t:orders"`, `"t:patients"`, `"c:medical"`,
		`"c:default"`, `"i:email/exact"`, `"MQ=="`, `"s:tenant/1"`, `7`, `-1`, `1e999`, `null`, `"\u0000"`, "\xff", `"path":["t:orders"]`, `"rows":["MQ=="]`,
		`"path":["t:patients","c:medical"]`, `"ring":"cells"`, strings.Repeat("x", 70_000)}
	paths := []string{"/v1/rows", "/v1/subtree", "/v1/revision", "/v1/reload", "/", "/v1/rows/..", "\x00"}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	codes := map[int]int{}
	for range 10_000 {
		var b strings.Builder
		b.WriteString("{")
		for range r.IntN(12) {
			b.WriteString(parts[r.IntN(len(parts))])
			if r.IntN(3) == 0 {
				b.WriteString(",")
			}
		}
		b.WriteString("}")
		method := []string{"POST", "POST", "POST", "GET", "PUT"}[r.IntN(5)]
		codes[ask(t, h, uint32(r.IntN(3)), method, paths[r.IntN(len(paths))], []string{"application/json", "application/json; charset=utf-8", "text/plain"}[r.IntN(3)], b.String())]++
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	t.Log(codes)
	require.Subset(t, []int{200, 400, 403, 404, 405, 413, 415, 429}, func() (seen []int) {
		for code := range codes {
			seen = append(seen, code)
		}
		return seen
	}())
	require.Greater(t, codes[200], 10)
	require.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(8<<20), "nothing is kept of them")
}
