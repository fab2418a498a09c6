package checkup

import (
	"fmt"

	"github.com/cellseal/cellseal/ormhooks/internal/catalog"
	"github.com/cellseal/cellseal/ormhooks/schema"
)

// groups finds join groups whose columns have tokens under several keys, as the pins say: they do
// not meet, and a join would lose rows.
func (c *checker) groups(s *schema.Schema) {
	type column struct {
		name string
		key  uint32
	}
	first := map[string]column{} // of each group
	for t := range s.Tables() {
		for _, x := range t.Indexes {
			if !x.Joins() {
				continue
			}
			this := column{t.Name + "." + x.Hidden(), x.Options().PinnedKey}
			for _, p := range pinsOf(c.pins, t, x) {
				if p.State == catalog.Live {
					this.key = p.Key
				}
			}
			if of, known := first[x.Group]; !known {
				first[x.Group] = this
			} else if of.key != this.key {
				c.add(t.Name, x.Hidden(), fmt.Sprintf("holds tokens of the join group %s under another key than %s, as far as %s says: pin the whole group to one, as reseal.PinUnique does", x.Group, of.name, catalog.PinTable))
			}
		}
	}
}
