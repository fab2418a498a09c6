package catalog

import "strings"

// collations reads which columns of an SQLite CREATE TABLE name a collation. SQLite keeps
// the text as it was written and offers no other way to ask.
func collations(create string) map[string]string {
	found := map[string]string{}
	depth, column, collate := 0, "", false
	for _, w := range words(create) {
		switch {
		case w == "(":
			if depth++; depth == 1 {
				column = ""
			}
		case w == ")":
			if depth--; depth == 0 {
				return found
			}
		case depth != 1:
		case w == ",":
			column, collate = "", false
		case column == "": // of a table constraint: a keyword, which no column has for a name
			column = unquoted(w)
		case collate:
			found[column], collate = strings.ToUpper(unquoted(w)), false
		default:
			collate = strings.EqualFold(w, "COLLATE")
		}
	}
	return found
}

// words splits SQL into names, quoted ones with their quotes, and signs; comments are left out.
func words(sql string) (all []string) {
	for i := 0; i < len(sql); {
		end, keep := i+1, true
		switch c := sql[i]; {
		case c <= ' ':
			keep = false
		case strings.HasPrefix(sql[i:], "--"):
			end, keep = after(sql, i, "\n"), false
		case strings.HasPrefix(sql[i:], "/*"):
			end, keep = after(sql, i+2, "*/"), false
		case c == '[':
			end = after(sql, i+1, "]")
		case c == '"' || c == '`' || c == '\'':
			for end = after(sql, i+1, string(c)); end < len(sql) && sql[end] == c; {
				end = after(sql, end+1, string(c))
			}
		case wordByte(c):
			for end < len(sql) && wordByte(sql[end]) {
				end++
			}
		}
		if keep {
			all = append(all, sql[i:end])
		}
		i = end
	}
	return all
}

// after returns the place behind the next mark, or the end.
func after(sql string, from int, mark string) int {
	if from > len(sql) {
		return len(sql)
	}
	if at := strings.Index(sql[from:], mark); at >= 0 {
		return from + at + len(mark)
	}
	return len(sql)
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func unquoted(w string) string {
	if len(w) < 2 || !strings.ContainsAny(w[:1], "\"`'[") {
		return w
	}
	inner := w[1 : len(w)-1]
	if w[0] == '[' {
		return inner
	}
	return strings.ReplaceAll(inner, w[:1]+w[:1], w[:1])
}
