package plan

import "slices"

// Columns returns the columns that are sealed, the index columns and lists that are looked in, and the
// columns that are opened, as table.column.
func (p *Plan) Columns() (sealed, sought, opened []string) {
	add := func(list *[]string, table, column string) {
		if name := table + "." + column; !slices.Contains(*list, name) {
			*list = append(*list, name)
		}
	}
	texts := []Text{p.Text}
	if p.Each != nil {
		texts = []Text{p.Each.Fetch, p.Text}
	}
	for _, piece := range slices.Concat(texts...) {
		s := piece.Slot
		if s == nil {
			continue
		}
		switch s.Kind {
		case Cell:
			add(&sealed, p.Rows[s.Row].Table.Name, s.Column.Name)
		case Terms, Tokens:
			add(&sought, p.Rows[s.Row].Table.Name, s.Index.Hidden())
		case Found:
			for _, x := range s.Find.Indexes {
				add(&sought, p.Rows[s.Row].Table.Name, x.String())
			}
		}
	}
	if p.Totals != nil {
		for _, s := range p.Totals.Sums {
			add(&sought, p.Totals.Table.Name, s.Index.String())
		}
	}
	if p.Walk != nil {
		add(&sought, p.Rows[p.Walk.Row].Table.Name, p.Walk.Index.String())
	}
	if p.Out == nil {
		return sealed, sought, opened
	}
	for _, c := range p.Out.Columns {
		if c.Column != nil && c.Visible {
			add(&opened, p.Out.Origins[c.Origin].Table.Name, c.Column.Name)
		}
	}
	if p.Finish == nil {
		return sealed, sought, opened
	}
	keys := slices.Clone(p.Finish.By)
	for _, r := range p.Finish.Results {
		keys = append(keys, r.Key)
	}
	for _, k := range keys {
		if k.Column != nil {
			c := p.Out.Columns[k.At]
			add(&opened, p.Out.Origins[c.Origin].Table.Name, c.Column.Name)
		}
	}
	return sealed, sought, opened
}
