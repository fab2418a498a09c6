package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// The lists are in order of frequency: the first of each is the most common.
var (
	given    = strings.Fields("James Mary Michael Patricia Robert Jennifer John Linda David Elizabeth William Barbara Richard Susan Joseph Jessica Thomas Karen Christopher Sarah Charles Lisa Daniel Nancy Matthew Sandra Anthony Ashley Mark Emily Steven Kimberly Donald Betty Andrew Margaret Joshua Donna Paul Michelle Kenneth Carol Kevin Amanda Brian Melissa Timothy Deborah Ronald Stephanie Jason Rebecca George Sharon Edward Laura Jeffrey Cynthia Ryan Dorothy Jacob Amy Nicholas Kathleen Gary Angela Eric Shirley Jonathan Emma Stephen Brenda Larry Pamela Justin Nicole Scott Anna Brandon Samantha Siobhán Zoë Renée")
	family   = strings.Fields("Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders Patel Myers Long Ross Foster Jimenez O'Brien Müller Nowak Rossi")
	cities   = strings.Split("New York,Los Angeles,Chicago,Houston,Phoenix,Philadelphia,San Antonio,San Diego,Dallas,Jacksonville,Austin,Fort Worth,San Jose,Columbus,Charlotte,Indianapolis,San Francisco,Seattle,Denver,Oklahoma City,Nashville,Washington,El Paso,Las Vegas,Boston,Detroit,Portland,Louisville,Memphis,Baltimore,Milwaukee,Albuquerque,Tucson,Fresno,Sacramento,Mesa,Atlanta,Kansas City,Colorado Springs,Omaha,Raleigh,Miami,Virginia Beach,Long Beach,Oakland,Minneapolis,Bakersfield,Tulsa,Tampa,Arlington,Wichita,Aurora,New Orleans,Cleveland,Honolulu,Anaheim,Henderson,Orlando,Lexington,Stockton,Riverside,Corpus Christi,Irvine,Cincinnati,Santa Ana,Newark,Saint Paul,Pittsburgh,Greensboro,Durham,Lincoln,Jersey City,Plano,Anchorage,Cork", ",")
	findings = strings.Split("hypertension,type 2 diabetes,asthma,back pain,anxiety,depression,osteoarthritis,hypothyroidism,migraine,allergic rhinitis,reflux,obesity,anaemia,bronchitis,eczema,insomnia,gout,psoriasis,epilepsy,HIV", ",")
	drugs    = strings.Fields("lisinopril metformin salbutamol ibuprofen sertraline levothyroxine sumatriptan cetirizine omeprazole ferrous-sulfate amoxicillin penicillin allopurinol methotrexate lamotrigine")
	remarks  = strings.Split("tolerates it well,was advised to rest,reports less pain,asks for a second opinion,will come back in six weeks,has no known allergies,has an allergy to penicillin,smokes,was referred to a specialist,needs an interpreter", ",")
)

// zipf draws the items of a list with frequencies 1, 1/2, 1/3, ….
type zipf struct {
	items []string
	sums  []float64
}

func newZipf(items []string) zipf {
	z := zipf{items: items}
	sum := 0.0
	for i := range items {
		sum += 1 / float64(i+1)
		z.sums = append(z.sums, sum)
	}
	return z
}

func (z zipf) draw(r *rand.Rand) string {
	at := r.Float64() * z.sums[len(z.sums)-1]
	for i, s := range z.sums {
		if at < s {
			return z.items[i]
		}
	}
	return z.items[len(z.items)-1]
}

// clinic returns made-up patients, the same ones for the same number.
func clinic(n int) []Patient {
	r := rand.New(rand.NewPCG(20, 26))
	first, last, city, finding, drug, remark := newZipf(given), newZipf(family), newZipf(cities), newZipf(findings), newZipf(drugs), newZipf(remarks)
	patients := make([]Patient, n)
	for i := range patients {
		name := first.draw(r) + " " + last.draw(r)
		age := 90 * (1 - r.Float64()*r.Float64()) // more old than young
		born := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -int(age*365.25))
		found := finding.draw(r)
		home := city.draw(r)
		patients[i] = Patient{
			ID:        int64(i + 1),
			Name:      name,
			Email:     fmt.Sprintf("%s.%d@mail.example", strings.ToLower(strings.ReplaceAll(name, " ", ".")), i+1),
			City:      home,
			Town:      home,
			Born:      born,
			Diagnosis: found,
			Fee:       int64(2500 + r.IntN(400)*25),
			Notes:     fmt.Sprintf("Seen for %s. Takes %s and %s.", found, drug.draw(r), remark.draw(r)),
		}
	}
	return patients
}
