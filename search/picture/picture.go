// Package picture draws what search.Plan found out: how many rows stand under each stored
// value today, and what is left of that to be seen under each index.
//
//	plan, err := search.Plan(cities, &search.PlanOptions{Column: "city"})
//	…
//	err = picture.SVG(file, plan, nil)
//
// It is a module of its own, because a plotting library is nothing a program that encrypts
// should have to carry. The library is gonum.org/v1/plot: several people keep it, it draws
// to SVG as it does to everything else, and its axes and ticks need no help.
package picture

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/cellseal/cellseal/search"
)

// Options configures SVG. Nil stands for the zero value.
type Options struct {
	// Bars is how many of the most frequent values and tokens are drawn, 40 by default.
	Bars int
	// Labels writes the most frequent values in clear under their bars. The plan must hold
	// them: search.PlanOptions.Common. Whoever sees the picture reads them.
	Labels bool
}

// The picture's size, and its colours: those of Okabe and Ito, which the colour-blind tell
// apart.
const (
	width, height = 24 * vg.Centimeter, 16 * vg.Centimeter
	heading       = 1.4 * vg.Centimeter
)

var (
	alarm = color.RGBA{R: 0xd5, G: 0x5e, A: 0xff}
	calm  = color.RGBA{G: 0x72, B: 0xb2, A: 0xff}
	grey  = color.Gray{Y: 0xd8}
)

// SVG writes the picture of a plan: four panels on one scale. Each bar is a stored value or
// token, its height the share of the rows that have it, the most frequent first.
func SVG(w io.Writer, p *search.Planned, o *Options) error {
	if o == nil {
		o = &Options{}
	}
	bars := o.Bars
	if bars <= 0 {
		bars = 40
	}
	if o.Labels && len(p.Common) == 0 {
		return errors.New("cellseal/search/picture: the plan holds no values to write: ask for search.PlanOptions.Common")
	}
	clear, _ := p.Candidate("plain")
	panels := []*plot.Plot{panel("stored today, in clear: all is read", "values, most frequent first", clear, bars, alarm)}
	for _, c := range p.Candidates {
		switch c.Index {
		case "exact", "exact, unique", "smoothed":
			fill := alarm
			if c.AtRest <= 1.15*p.Guess {
				fill = calm
			}
			panels = append(panels, panel(fmt.Sprintf("%s: a thief recovers %s", c.Index, percent(c.AtRest)), "tokens, most frequent first", c, bars, fill))
		}
	}
	panels = append(panels, sizesOnly("words, substring, range: a thief recovers "+percent(p.Guess)))
	if o.Labels {
		panels[0].NominalX(p.Common[:min(len(p.Common), bars)]...)
		panels[0].X.Tick.Label.Rotation = math.Pi / 3
		panels[0].X.Tick.Label.XAlign, panels[0].X.Tick.Label.YAlign = draw.XRight, draw.YCenter
		panels[0].X.Label.Text = ""
	}
	top := 1.0
	for _, x := range panels {
		top = max(top, x.Y.Max)
	}
	for _, x := range panels {
		x.Y.Min, x.Y.Max = 0, top
		x.X.Min, x.X.Max = -.7, float64(bars)-.3
	}
	return write(w, p, panels)
}

// panel draws the histogram of what is stored.
func panel(title, below string, c search.Candidate, bars int, fill color.Color) *plot.Plot {
	x := plain(title, below)
	total := 0
	for _, n := range c.Stored {
		total += n
	}
	values := make(plotter.Values, 0, bars)
	for _, n := range c.Stored[:min(bars, len(c.Stored))] {
		values = append(values, 100*float64(n)/float64(total))
	}
	chart, err := plotter.NewBarChart(values, vg.Length(.62/float64(bars))*10*vg.Centimeter)
	if err != nil {
		panic("cellseal/search/picture: " + err.Error()) // a plan holds a value
	}
	chart.Color, chart.LineStyle.Width = fill, 0
	x.Add(chart)
	return x
}

// sizesOnly is the panel of the indexes that are kept in sealed pages.
func sizesOnly(title string) *plot.Plot {
	x := plain(title, "")
	x.X.Tick.Marker = plot.ConstantTicks(nil)
	note, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{{X: 1, Y: .5}}, Labels: []string{"sealed pages of equal size: nothing to count"}})
	if err != nil {
		panic("cellseal/search/picture: " + err.Error()) // one label for one point
	}
	note.TextStyle[0].Color = calm
	note.TextStyle[0].Font.Variant = "Sans"
	x.Add(note)
	return x
}

func plain(title, below string) *plot.Plot {
	x := plot.New()
	x.Title.Text, x.X.Label.Text, x.Y.Label.Text = title, below, "% of the rows"
	x.Title.Padding = 2 * vg.Millimeter
	for style, size := range map[*draw.TextStyle]vg.Length{&x.Title.TextStyle: 11, &x.X.Label.TextStyle: 10, &x.Y.Label.TextStyle: 10, &x.X.Tick.Label: 8, &x.Y.Tick.Label: 9} {
		style.Font.Variant, style.Font.Size = "Sans", size
	}
	x.X.Tick.Marker = plot.ConstantTicks(nil) // ranks say nothing
	x.X.LineStyle.Width, x.Y.LineStyle.Width = .5, .5
	grid := plotter.NewGrid()
	grid.Vertical.Width = 0
	grid.Horizontal.Color, grid.Horizontal.Width = grey, .5
	x.Add(grid)
	return x
}

// write lays the panels out, two in a row, below the heading.
func write(w io.Writer, p *search.Planned, panels []*plot.Plot) error {
	const columns = 2
	rows := (len(panels) + columns - 1) / columns
	grid := make([][]*plot.Plot, rows)
	for i := range grid {
		grid[i] = make([]*plot.Plot, columns)
		copy(grid[i], panels[i*columns:])
	}
	svg := vgsvg.NewWith(vgsvg.UseWH(width, height))
	canvas := draw.New(svg)
	style := panels[0].Title.TextStyle
	style.Font.Size = 14
	style.XAlign, style.YAlign = draw.XLeft, draw.YTop // whatever font stands in for ours
	canvas.FillText(style, vg.Point{X: 6 * vg.Millimeter, Y: height - 4*vg.Millimeter},
		fmt.Sprintf("Column %s: what a thief of the table can count, and recovers of the rows (by guessing: %s)", p.Column, percent(p.Guess)))
	below := draw.Crop(canvas, 5*vg.Millimeter, -5*vg.Millimeter, 5*vg.Millimeter, -heading)
	tiles := draw.Tiles{Rows: rows, Cols: columns, PadX: 1 * vg.Centimeter, PadY: 1 * vg.Centimeter}
	for i, line := range plot.Align(grid, tiles, below) {
		for j, c := range line {
			if grid[i][j] != nil {
				grid[i][j].Draw(c)
			}
		}
	}
	if _, err := svg.WriteTo(w); err != nil {
		return fmt.Errorf("cellseal/search/picture: %w", err)
	}
	return nil
}

func percent(x float64) string {
	if x < .0005 {
		return "< 0.05 %"
	}
	return fmt.Sprintf("%.1f %%", 100*x)
}
