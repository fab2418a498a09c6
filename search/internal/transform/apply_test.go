package transform

import "fmt"

// Apply runs transforms as an index does.
func Apply(s string, by ...Transform) (string, error) {
	for _, name := range by {
		f, err := Compile(name)
		if err != nil {
			panic(fmt.Sprintf("%s: %v", name, err))
		}
		if s, err = f(s); err != nil {
			return "", err
		}
	}
	return s, nil
}
