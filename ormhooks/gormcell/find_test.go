package gormcell_test

import (
	"database/sql"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ways to look for ann, and to find her alone.
var forAnn = map[string]func(db *gorm.DB) *gorm.DB{
	"string":             func(db *gorm.DB) *gorm.DB { return db.Where("email = ?", email("ann")) },
	"as it is folded":    func(db *gorm.DB) *gorm.DB { return db.Where("email = ?", " ANN."+secret+"@EXAMPLE.com") },
	"struct":             func(db *gorm.DB) *gorm.DB { return db.Where(&Patient{Email: email("ann")}) },
	"struct, two fields": func(db *gorm.DB) *gorm.DB { return db.Where(Patient{SSN: patient("ann").SSN, Ward: "A"}) },
	"map":                func(db *gorm.DB) *gorm.DB { return db.Where(map[string]any{"email": email("ann"), "ward": "A"}) },
	"map of slices":      func(db *gorm.DB) *gorm.DB { return db.Where(map[string]any{"email": []string{email("ann"), "x@y"}}) },
	"named": func(db *gorm.DB) *gorm.DB {
		return db.Where("email = @e AND ssn = @s", sql.Named("e", email("ann")), sql.Named("s", patient("ann").SSN))
	},
	"named by a map": func(db *gorm.DB) *gorm.DB { return db.Where("email = @e", map[string]any{"e": email("ann")}) },
	"IN":             func(db *gorm.DB) *gorm.DB { return db.Where("email IN ?", []string{email("ann"), email("nobody")}) },
	"IN of one":      func(db *gorm.DB) *gorm.DB { return db.Where("email IN ?", []string{email("ann")}) },
	"IN (?)":         func(db *gorm.DB) *gorm.DB { return db.Where("email IN (?)", []string{email("ann")}) },
	"pointer":        func(db *gorm.DB) *gorm.DB { e := email("ann"); return db.Where("email = ?", &e) },
	"Not": func(db *gorm.DB) *gorm.DB {
		return db.Not("email = ?", email("bob")).Not("email", []string{email("cyd")})
	},
	"Not of a struct": func(db *gorm.DB) *gorm.DB {
		return db.Not(Patient{Email: email("bob")}).Not(map[string]any{"ssn": patient("cyd").SSN})
	},
	"NOT IN":        func(db *gorm.DB) *gorm.DB { return db.Where("email NOT IN ?", []string{email("bob"), email("cyd")}) },
	"<>":            func(db *gorm.DB) *gorm.DB { return db.Where("email <> ? AND email <> ?", email("bob"), email("cyd")) },
	"Or":            func(db *gorm.DB) *gorm.DB { return db.Where("email = ?", "x@y").Or("ssn = ?", patient("ann").SSN) },
	"Or of structs": func(db *gorm.DB) *gorm.DB { return db.Where(Patient{Email: "x@y"}).Or(Patient{Email: email("ann")}) },
	"grouped": func(db *gorm.DB) *gorm.DB {
		return db.Where(db.Where("email = ?", email("ann")).Or("email = ?", "x@y")).Where(db.Where("ward = ?", "A"))
	},
	"a clause":       func(db *gorm.DB) *gorm.DB { return db.Clauses(clause.Eq{Column: "email", Value: email("ann")}) },
	"with the table": func(db *gorm.DB) *gorm.DB { return db.Where("patients.email = ?", email("ann")) },
	"a tuple": func(db *gorm.DB) *gorm.DB {
		return db.Where("(email, ward) IN ?", [][]any{{email("ann"), "A"}, {"x@y", "B"}})
	},
	"a literal": func(db *gorm.DB) *gorm.DB { return db.Where("email = '" + email("ann") + "'") },
	"a scope": func(db *gorm.DB) *gorm.DB {
		return db.Scopes(func(db *gorm.DB) *gorm.DB { return db.Where("email = ?", email("ann")) })
	},
	"a subquery": func(db *gorm.DB) *gorm.DB {
		return db.Where("id IN (?)", db.Session(&gorm.Session{NewDB: true}).Model(&Patient{}).Select("id").Where("email = ?", email("ann")))
	},
	"Table and alias": func(db *gorm.DB) *gorm.DB { return db.Table("patients AS p").Where("p.email = ?", email("ann")) },
	"FOR UPDATE": func(db *gorm.DB) *gorm.DB {
		return db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("email = ?", email("ann"))
	},
	"Select of a few": func(db *gorm.DB) *gorm.DB { return db.Select("id", "email").Where("email = ?", email("ann")) },
	"Omit of some":    func(db *gorm.DB) *gorm.DB { return db.Omit("Notes", "ssn").Where("email = ?", email("ann")) },
}

var finding = map[string]func(w *world){
	"Where": func(w *world) {
		w.add("ann", "bob", "cyd")
		for name, where := range forAnn {
			var all []Patient
			tx := where(w.Session(&gorm.Session{})).Find(&all)
			if tx.Error != nil {
				w.Errorf("%s: %v\n%s", name, tx.Error, where(w.Session(&gorm.Session{DryRun: true})).Find(&all).Statement.SQL.String())
				continue
			}
			require.Equal(w.T, []string{"ann"}, names(all), name)
		}
	},
	"inline conditions": func(w *world) {
		w.add("ann", "bob")
		var p Patient
		w.ok(w.First(&p, "email = ?", email("ann")))
		require.Equal(w.T, email("ann"), p.Email)
		var q Patient
		w.ok(w.Take(&q, Patient{Email: email("bob")}))
		require.Equal(w.T, email("bob"), q.Email)
		var r Patient
		w.ok(w.Last(&r, map[string]any{"email": email("bob")}))
		require.Equal(w.T, q.ID, r.ID)
		var none Patient
		require.ErrorIs(w.T, w.First(&none, "email = ?", "nobody").Error, gorm.ErrRecordNotFound)
		w.ok(w.Find(&none, "email = ?", "nobody"))
	},
	"NULL": func(w *world) {
		p := w.add("ann", "bob")[0]
		w.ok(w.Model(p).Update("notes", nil))
		var all []Patient
		w.ok(w.Where("notes IS NULL").Find(&all))
		require.Equal(w.T, []string{"ann"}, names(all))
		w.ok(w.Where(map[string]any{"notes": nil}).Find(&all))
		require.Equal(w.T, []string{"ann"}, names(all))
		w.ok(w.Not(map[string]any{"notes": nil}).Find(&all))
		require.Equal(w.T, []string{"bob"}, names(all))
	},
	"other types and modes": func(w *world) {
		w.add("ann")
		w.ok(w.Create(&Patient{Email: "x", Phone: "(555) 111-2222", Weight: 60}))
		require.EqualValues(w.T, 1, w.count("weight = ?", 71.5))
		require.EqualValues(w.T, 1, w.count("phone = ?", "555-773-1904"))
		require.EqualValues(w.T, 1, w.count("phone = ?", "5551112222"))
		var p Patient
		w.ok(w.First(&p, "phone = ?", "5551112222"))
		require.Equal(w.T, "(555) 111-2222", p.Phone)
	},
	"Order, Limit, Offset": func(w *world) {
		w.add("ann", "bob", "cyd")
		var all []Patient
		w.ok(w.Order("created_at, id").Limit(2).Find(&all))
		require.Len(w.T, all, 2)
		w.ok(w.Where("email <> ?", email("ann")).Order("id").Limit(1).Offset(1).Find(&all))
		require.Len(w.T, all, 1)
		w.ok(w.Order("email DESC").Find(&all))
		require.Equal(w.T, []string{"cyd", "bob", "ann"}, names(all))
		w.ok(w.Order("email").Order("id DESC").Limit(1).Offset(1).Find(&all))
		require.Equal(w.T, []string{"bob"}, names(all))
		var last Patient
		w.ok(w.Order("email").Last(&last)) // by email, and then by key
		require.Equal(w.T, email("ann"), last.Email)
		w.refused(w.Order("lower(email)").Find(&all), "ORDER BY would sort cells")
	},
	"Group, Having, Distinct": func(w *world) {
		w.add("ann", "bob")
		var n []struct {
			Ward string
			N    int
		}
		w.ok(w.Model(&Patient{}).Select("ward, count(*) AS n").Group("ward").Having("count(*) > ?", 1).Find(&n))
		require.Equal(w.T, 2, n[0].N)
		var wards []string
		w.ok(w.Model(&Patient{}).Distinct("ward").Pluck("ward", &wards))
		require.Equal(w.T, []string{"A"}, wards)
		var min string
		w.ok(w.Model(&Patient{}).Select("min(email)").Scan(&min))
		require.Equal(w.T, email("ann"), min)
		var mails []string
		w.ok(w.Model(&Patient{}).Distinct().Order("email DESC").Pluck("email", &mails))
		require.Equal(w.T, []string{email("bob"), email("ann")}, mails)
		var counted []struct {
			Email string
			N     int
			Least float64
		}
		w.ok(w.Model(&Patient{}).Select("email, count(*) AS n, min(weight) AS least").Group("email").Order("n DESC, email").Limit(1).Find(&counted))
		require.Len(w.T, counted, 1)
		require.Equal(w.T, email("ann"), counted[0].Email)
		require.Equal(w.T, 1, counted[0].N)
		w.ok(w.Model(&Patient{}).Select("email").Group("email").Having("count(*) > ?", 1).Find(&counted))
		require.Empty(w.T, counted, "no address is there twice")
		w.refused(w.Model(&Patient{}).Select("email").Group("email").Having("max(ssn) > ?", secret).Find(&counted), "HAVING over groups of protected columns")
		w.refused(w.Model(&Patient{}).Select("min(lower(email))").Scan(&min), "an aggregate over an expression")
	},
	"what no index answers": func(w *world) {
		w.add("ann")
		var all []Patient
		w.refused(w.Where("email LIKE ?", "%"+secret+"%").Find(&all), "has no index that answers LIKE")
		w.refused(w.Where("email > ?", secret).Find(&all), "has no index that answers >")
		w.refused(w.Where("notes = ?", secret).Find(&all), "has no index that answers =")
		w.refused(w.Where("born BETWEEN ? AND ?", born, born).Find(&all), "has no index that answers BETWEEN")
		w.refused(w.Where("email__eq = ?", secret).Find(&all), "is the library's own column")
		w.refused(w.Where("lower(email) = ?", secret).Find(&all), "LOWER or UPPER stands on one side alone")
	},
	"Count": func(w *world) {
		w.add("ann", "bob")
		require.EqualValues(w.T, 2, w.count("1 = 1"))
		require.EqualValues(w.T, 1, w.count("email = ?", email("ann")))
		require.EqualValues(w.T, 1, w.count("email IN ?", []string{email("ann"), "x"}))
		var n int64
		w.ok(w.Model(&Patient{}).Distinct("ward").Count(&n))
		require.EqualValues(w.T, 1, n)
	},
	"subqueries and CTEs": func(w *world) {
		w.add("ann", "bob")
		var all []short
		w.ok(w.Table("(?) AS u", w.Model(&Patient{}).Select("id", "email", "notes", "ward")).Where("u.email = ?", email("ann")).Find(&all))
		require.Len(w.T, all, 1)
		require.Equal(w.T, email("ann"), all[0].Email)
		w.ok(w.Raw("WITH x AS (SELECT id, email FROM patients WHERE email = ?) SELECT * FROM x", email("bob")).Scan(&all))
		require.Equal(w.T, email("bob"), all[0].Email)
		w.refused(w.Raw("? UNION ALL ?", w.Model(&Patient{}).Select("id, email"), w.Model(&Patient{}).Select("id, email")).Scan(&all), "UNION ALL")
		w.refused(w.Where("email IN (?)", w.Model(&Patient{}).Distinct("email")).Find(&all), "")
		w.refused(w.Where("id IN (?)", w.Model(&Patient{}).Select("id").Order("email").Limit(1)).Find(&all), "ORDER BY would sort cells")
		w.refused(w.Table("(?) AS u", w.Model(&Patient{}).Select("email, count(*)").Group("email")).Find(&all), "GROUP BY would group by cells")
	},
	"FindInBatches": func(w *world) {
		w.add("ann", "bob", "cyd")
		var batch, all []Patient
		w.ok(w.FindInBatches(&batch, 2, func(tx *gorm.DB, _ int) error {
			all = append(all, batch...)
			return nil
		}))
		require.ElementsMatch(w.T, []string{"ann", "bob", "cyd"}, names(all))
	},
}
