package gostruct

import (
	"reflect"
	"strings"

	"github.com/jinzhu/inflection"
)

// snake writes a Go name as GORM does by default, down to its oddities: UserID is
// user_id, UserIDs is user_ids, HTTPSPort is http_s_port. Under any other name a
// column would be thought protected and be another one.
func snake(name string) string {
	name = initialisms.Replace(name)
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if isUpper(name, i) {
			if beginsWord(name, i) {
				b.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// beginsWord reports whether an underscore goes before the upper-case letter at i.
func beginsWord(name string, i int) bool {
	last := i == len(name)-1
	switch {
	case i == 0:
		return false
	case isUpper(name, i-1):
		return !last && !isUpper(name, i+1) && !isDigit(name, i+1) && name[i+1] != '_'
	}
	return last || name[i-1] != '_' && name[i+1] != '_'
}

func isUpper(s string, i int) bool { return s[i] >= 'A' && s[i] <= 'Z' }
func isDigit(s string, i int) bool { return s[i] >= '0' && s[i] <= '9' }

// initialisms become words, so that what follows them begins another. Of two that
// fit, the first one counts.
var initialisms = func() *strings.Replacer {
	var pairs []string
	for word := range strings.FieldsSeq("API ASCII CPU CSS DNS EOF GUID HTML HTTP HTTPS ID IP JSON LHS QPS RAM RHS RPC SLA SMTP SSH TLS TTL UID UI UUID URI URL UTF8 VM XML XSRF XSS") {
		pairs = append(pairs, word, word[:1]+strings.ToLower(word[1:]))
	}
	return strings.NewReplacer(pairs...)
}()

// tableName follows TableName() and else the snake plural, as GORM does.
func tableName(t reflect.Type) string {
	if n, ok := reflect.New(t).Interface().(interface{ TableName() string }); ok {
		return n.TableName()
	}
	return inflection.Plural(snake(t.Name()))
}

// ormOptions reads a `gorm:"…"` tag: options separated by ";", keys without
// regard to case.
func ormOptions(tag string) map[string]string {
	options := map[string]string{}
	for part := range strings.SplitSeq(tag, ";") {
		key, value, _ := strings.Cut(part, ":")
		if key = strings.ToLower(strings.TrimSpace(key)); key != "" {
			options[key] = strings.TrimSpace(value)
		}
	}
	return options
}

// columnName returns the database's name of a field, or "" if it has no column.
func columnName(f reflect.StructField, orm map[string]string) string {
	if ignored, ok := orm["-"]; ok && ignored != "migration" {
		return ""
	}
	if name := orm["column"]; name != "" {
		return name
	}
	name, _, _ := strings.Cut(f.Tag.Get("db"), ",")
	switch name {
	case "-":
		return ""
	case "":
		return snake(f.Name)
	}
	return name
}
