package house

import (
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/cellseal/cellseal"

// layers are the arrows of the house, from the ground up: a package may import
// those of its own line (see siblings) and of the lines above it.
//
//	internal/* ← keys ← cell, search ← ormhooks/schema ← ormhooks/internal ← ormhooks ← ormhooks/internal/door ← ormhooks/* ← examples
var layers = [][]string{
	{"internal"},
	{"keys"},
	{"cell", "search"},
	{"ormhooks/schema"},
	{"ormhooks/internal"},
	{"ormhooks"},
	{"ormhooks/internal/door", "ormhooks/internal/checkup"},
	{"ormhooks/celltest", "ormhooks/sqlcell"},
	{"ormhooks/gormcell", "ormhooks/reseal"},
	{"examples"},
}

// drivers are what the library must never bring into a user's binary by itself.
var drivers = []string{
	"modernc.org/sqlite", "github.com/jackc/pgx", "github.com/go-sql-driver/mysql",
	"github.com/mattn/go-sqlite3", "github.com/lib/pq", "gorm.io/driver",
}

// testSupport may import drivers: only tests import it, which is checked too.
const testSupport = module + "/internal/testdb"

func TestImportsFollowTheArrows(t *testing.T) {
	for pkg, imports := range imported(t) {
		at := layer(pkg)
		require.GreaterOrEqual(t, at, 0, "%s stands in no layer: give it a place in the list above", pkg)
		for _, i := range imports {
			if !strings.HasPrefix(i, module+"/") {
				continue
			}
			below := layer(i)
			if below == at {
				require.Equal(t, family(pkg), family(i), "%s and %s must not know each other", pkg, i)
			}
			require.LessOrEqual(t, below, at, "%s imports %s, against the arrows", pkg, i)
		}
	}
}

func TestLibraryImportsNoDriver(t *testing.T) {
	for pkg, deps := range dependencies(t) {
		if pkg == testSupport || strings.HasPrefix(pkg, module+"/examples/") {
			continue
		}
		for _, d := range deps {
			require.NotEqual(t, testSupport, d, "%s imports test support", pkg)
			for _, driver := range drivers {
				require.False(t, strings.HasPrefix(d, driver), "%s brings in the driver %s", pkg, d)
			}
			if strings.HasPrefix(d, "gorm.io/gorm") {
				require.Equal(t, module+"/ormhooks/gormcell", pkg, "only gormcell imports gorm")
			}
		}
	}
}

// layer returns the place of a package in layers, by its longest matching prefix.
func layer(pkg string) int {
	at, best := -1, ""
	for i, line := range layers {
		for _, prefix := range line {
			if p := module + "/" + prefix; (pkg == p || strings.HasPrefix(pkg, p+"/")) && len(p) > len(best) {
				at, best = i, p
			}
		}
	}
	return at
}

// family is the top folder, and below ormhooks the one under it.
func family(pkg string) string {
	parts := strings.Split(strings.TrimPrefix(pkg, module+"/"), "/")
	if parts[0] == "ormhooks" && len(parts) > 1 {
		return path.Join(parts[:2]...)
	}
	return parts[0]
}

func imported(t *testing.T) map[string][]string {
	return list(t, `{{.ImportPath}} {{join .Imports " "}}`)
}

func dependencies(t *testing.T) map[string][]string {
	return list(t, `{{.ImportPath}} {{join .Deps " "}}`)
}

func list(t *testing.T, format string) map[string][]string {
	cmd := exec.Command("go", "list", "-f", format, module+"/...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	require.NoError(t, err)
	all := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		all[words[0]] = slices.Clone(words[1:])
	}
	require.Greater(t, len(all), 10)
	return all
}
