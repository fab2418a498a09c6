package keyservice_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cellseal/cellseal/cell"
	"github.com/cellseal/cellseal/keys"
	"github.com/cellseal/cellseal/keys/keyservice"
)

// BenchmarkSource is what a statement costs that opens one row, from asking the source to the
// plaintext, and the asking alone: with a ring of the process's own, and with a client that has the place
// in memory. The two alternate within one run, and "ratio" compares their medians.
func BenchmarkSource(b *testing.B) {
	s := newService(b, clientFile(allOfPatients))
	c := s.unix(keyservice.ClientOptions{})
	id := cell.RowID(cell.BindInt("id", 7))
	work := map[string]func(keys.Source, []byte){
		"ask": func(source keys.Source, _ []byte) {
			if _, err := source.Cells(b.Context(), patients, medical); err != nil {
				b.Fatal(err)
			}
		},
		"open": func(source keys.Source, sealed []byte) {
			d, err := source.Cells(b.Context(), patients, medical)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := cell.NewRow(d, id).Open("patients.email", sealed); err != nil {
				b.Fatal(err)
			}
		},
	}
	d, err := s.live.Cells(b.Context(), patients, medical)
	require.NoError(b, err)
	sealed := cell.NewRow(d, id).Seal("patients.email", []byte("siobhan@example.com"))
	for _, name := range []string{"ask", "open"} {
		b.Run(name, func(b *testing.B) {
			took := map[bool][]float64{}
			const batch = 1000
			for i := 0; b.Loop(); i++ {
				for _, local := range []bool{i%2 == 0, i%2 == 1} {
					source := keys.Source(c)
					if local {
						source = s.live
					}
					start := time.Now()
					for range batch {
						work[name](source, sealed)
					}
					took[local] = append(took[local], float64(time.Since(start).Nanoseconds())/batch)
				}
			}
			b.ReportMetric(median(took[true]), "ns/ring")
			b.ReportMetric(median(took[false]), "ns/client")
			b.ReportMetric(median(took[false])/median(took[true]), "ratio")
		})
	}
}

// BenchmarkRows is one round trip for a batch of 1 000 rows, and for one row.
func BenchmarkRows(b *testing.B) {
	s := newService(b, policyOf(client("billing", fmt.Sprintf(`"dns:billing.test", "uid:%d"`, os.Getuid()), 1e6, 1e6, rowsOfMedical)))
	path := []keys.Label{patients, medical}
	for name, c := range map[string]*keyservice.Client{
		"unix": s.unix(keyservice.ClientOptions{RowTTL: 1, MaxRows: 1}), "tls": s.tls("billing.test", keyservice.ClientOptions{RowTTL: 1, MaxRows: 1}),
	} {
		for _, n := range []int{1, 1000} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				ids := make([][]byte, n)
				for i := range ids {
					ids[i] = cell.RowID(cell.BindInt("id", int64(i+1)))
				}
				var took []float64
				asked := s.asked.Load()
				for b.Loop() {
					start := time.Now()
					if _, err := c.Rows(b.Context(), path, ids); err != nil {
						b.Fatal(err)
					}
					took = append(took, float64(time.Since(start).Nanoseconds()))
				}
				slices.Sort(took)
				b.ReportMetric(median(took)/float64(n), "ns/row")
				b.ReportMetric(took[len(took)*99/100]/1e6, "p99-ms")
				b.ReportMetric(float64(s.asked.Load()-asked)/float64(len(took)), "roundtrips")
			})
		}
	}
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return x[len(x)/2]
}
