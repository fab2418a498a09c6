package plan

import (
	"slices"
	"strings"

	"github.com/cellseal/cellseal/internal/sqltext"
)

// isCommand reports whether a text begins as a statement of PostgreSQL does. pgx takes the name
// of a prepared statement wherever it takes SQL, and a name may be anything: what was prepared as
// "add user" past the door would be sent its arguments in clear. So what begins with no command
// is refused, and so is "update-user", in which the word goes on; a wrong no is an error that
// says so, and a new command has to be added here.
func (a *analysis) isCommand(tokens []sqltext.Token) bool {
	i := slices.IndexFunc(tokens, func(t sqltext.Token) bool { return t.Kind != sqltext.Symbol || t.Text != "(" && t.Text != ";" })
	if i < 0 {
		return true
	}
	rest := a.text[tokens[i].End:]
	return tokens[i].Kind == sqltext.Word && slices.Contains(commands, strings.ToUpper(tokens[i].Text)) && (rest == "" || strings.ContainsAny(rest[:1], " \t\r\n\f\v;()'\"*+/"))
}

var commands = strings.Fields(`ABORT ALTER ANALYSE ANALYZE BEGIN CALL CHECKPOINT CLOSE CLUSTER COMMENT COMMIT COPY
	CREATE DEALLOCATE DECLARE DELETE DISCARD DO DROP END EXECUTE EXPLAIN FETCH GRANT IMPORT INSERT LISTEN LOAD LOCK MERGE
	MOVE NOTIFY PREPARE REASSIGN REFRESH REINDEX RELEASE RESET REVOKE ROLLBACK SAVEPOINT SECURITY SELECT SET SHOW START
	TABLE TRUNCATE UNLISTEN UPDATE VACUUM VALUES WITH`)
