package finish

import (
	"reflect"

	"github.com/cellseal/cellseal/internal/sqltext"
	"github.com/cellseal/cellseal/internal/value"
	"github.com/cellseal/cellseal/ormhooks/internal/door/convert"
	"github.com/cellseal/cellseal/ormhooks/internal/plan"
)

// Type returns the type of a count, a sum or an average; nil of any other result, which has the type
// of its column.
func Type(d sqltext.Dialect, r plan.Result) *convert.LogicalType {
	switch {
	case r.Func == plan.Count:
		return typed[int64](d, "INT8", "BIGINT")
	case r.Func != plan.Sum && r.Func != plan.Avg:
		return nil
	case d == sqltext.SQLite && r.Func == plan.Sum && r.Addend.Type != value.Float64 && r.Addend.Type != value.Float32:
		return typed[int64](d, "", "")
	case d == sqltext.SQLite, r.Addend.Type == value.Float64:
		return typed[float64](d, "FLOAT8", "DOUBLE")
	case r.Addend.Type == value.Float32 && r.Func == plan.Sum:
		return typed[float64](d, "FLOAT4", "DOUBLE")
	case r.Addend.Type == value.Float32:
		return typed[float64](d, "FLOAT8", "DOUBLE")
	case r.Addend.Small && r.Func == plan.Sum:
		return typed[int64](d, "INT8", "")
	}
	return typed[string](d, "NUMERIC", "DECIMAL")
}

func typed[T any](d sqltext.Dialect, postgres, mysql string) *convert.LogicalType {
	l := &convert.LogicalType{Scan: reflect.TypeFor[T](), Length: -1, Nullable: true}
	switch d {
	case sqltext.PostgreSQL:
		l.Database = postgres
	case sqltext.MySQL:
		l.Database = mysql
	}
	return l
}
