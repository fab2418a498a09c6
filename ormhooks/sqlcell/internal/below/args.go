package below

import (
	"database/sql/driver"
	"fmt"
)

// Checked converts arguments as database/sql does for a driver: by the statement's checker
// or else the connection's, then by the statement's column converter, then by default.
func Checked(conn driver.Conn, st driver.Stmt, args []driver.NamedValue) ([]driver.NamedValue, error) {
	if len(args) == 0 {
		return args, nil
	}
	c := CheckerOf(conn, st)
	converted := make([]driver.NamedValue, 0, len(args))
	for _, nv := range args {
		nv.Ordinal = len(converted) + 1
		switch err := c.Check(&nv); err {
		case nil:
			converted = append(converted, nv)
		case driver.ErrRemoveArgument:
		default:
			return nil, err
		}
	}
	if c.want >= 0 && len(converted) != c.want {
		return nil, fmt.Errorf("sql: expected %d arguments, got %d", c.want, len(converted))
	}
	return converted, nil
}

// A Checker converts single arguments for a driver.
type Checker struct {
	named driver.NamedValueChecker
	//lint:ignore SA1019 a driver may have nothing newer
	converter driver.ColumnConverter
	want      int // how many arguments the statement takes, or -1
}

// CheckerOf returns what converts arguments for a statement, or with a nil statement for
// what is executed directly.
func CheckerOf(conn driver.Conn, st driver.Stmt) Checker {
	c := Checker{want: -1}
	if st != nil {
		c.want = st.NumInput()
		c.named, _ = st.(driver.NamedValueChecker)
		//lint:ignore SA1019 a driver may have nothing newer
		c.converter, _ = st.(driver.ColumnConverter)
	}
	if c.named == nil {
		c.named, _ = conn.(driver.NamedValueChecker)
	}
	return c
}

// Check converts one argument. Its error is database/sql's, or driver.ErrRemoveArgument.
func (c Checker) Check(nv *driver.NamedValue) error {
	err := driver.ErrSkip
	if c.named != nil {
		err = c.named.CheckNamedValue(nv)
	}
	if err == driver.ErrSkip && c.converter != nil {
		err = c.convert(nv)
	}
	if err == driver.ErrSkip {
		nv.Value, err = driver.DefaultParameterConverter.ConvertValue(nv.Value)
	}
	if err == nil || err == driver.ErrRemoveArgument {
		return err
	}
	name := fmt.Sprintf("$%d", nv.Ordinal)
	if nv.Name != "" {
		name = fmt.Sprintf("with name %q", nv.Name)
	}
	return fmt.Errorf("sql: converting argument %s type: %w", name, err)
}

// convert asks the statement's column converter.
func (c Checker) convert(nv *driver.NamedValue) error {
	if c.want >= 0 && c.want < nv.Ordinal {
		return nil
	}
	if valuer, ok := nv.Value.(driver.Valuer); ok {
		v, err := driver.DefaultParameterConverter.ConvertValue(valuer) // which knows of nil pointers
		if err != nil {
			return err
		}
		nv.Value = v
	}
	given := nv.Value
	var err error
	if nv.Value, err = c.converter.ColumnConverter(nv.Ordinal - 1).ConvertValue(given); err == nil && !driver.IsValue(nv.Value) {
		err = fmt.Errorf("driver ColumnConverter error converted %T to unsupported type %T", given, nv.Value)
	}
	return err
}
