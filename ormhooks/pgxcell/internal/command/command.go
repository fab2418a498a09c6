package command

import "strings"

// words are the words that statements of PostgreSQL begin with.
var words = set(`ABORT ALTER ANALYSE ANALYZE BEGIN CALL CHECKPOINT CLOSE CLUSTER COMMENT COMMIT COPY
	CREATE DEALLOCATE DECLARE DELETE DISCARD DO DROP END EXECUTE EXPLAIN FETCH GRANT IMPORT INSERT LISTEN LOAD LOCK MERGE
	MOVE NOTIFY PREPARE REASSIGN REFRESH REINDEX RELEASE RESET REVOKE ROLLBACK SAVEPOINT SECURITY SELECT SET SHOW START
	TABLE TRUNCATE UNLISTEN UPDATE VACUUM VALUES WITH`)

func set(list string) map[string]bool {
	all := map[string]bool{}
	for _, word := range strings.Fields(list) {
		all[word] = true
	}
	return all
}

// Is reports whether a text is SQL, or nothing at all.
func Is(text string) bool {
	word := firstWord(text)
	return word == "" || words[word]
}

// firstWord returns a text's first word in upper case, past white space, comments and
// parentheses. Whatever may stand in a name is part of it.
func firstWord(text string) string {
	for {
		text = strings.TrimLeft(text, " \t\r\n\f\v;(")
		switch {
		case strings.HasPrefix(text, "--"):
			_, text, _ = strings.Cut(text, "\n")
			continue
		case strings.HasPrefix(text, "/*"):
			text = afterComment(text)
			continue
		}
		end := strings.IndexAny(text, " \t\r\n\f\v;()'\"*+/")
		if end < 0 {
			end = len(text)
		}
		if end == 0 && text != "" {
			return text[:1]
		}
		return strings.ToUpper(text[:end])
	}
}

// afterComment skips a comment, which may hold others.
func afterComment(text string) string {
	depth := 0
	for i := 0; i+1 < len(text); i++ {
		switch text[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
		}
		if depth == 0 {
			return text[i+1:]
		}
	}
	return ""
}
