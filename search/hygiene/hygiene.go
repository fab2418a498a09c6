package hygiene

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/cellseal/cellseal/internal/dialect"
)

// A Finding is one setting that writes down too much.
type Finding struct {
	Setting string // as the server calls it
	Value   string // that it has
	Shows   string // what is written down because of it, and where
	Change  string // what to set instead
}

func (f Finding) String() string {
	return fmt.Sprintf("%s = %s: %s; %s", f.Setting, f.Value, f.Shows, f.Change)
}

// Dialect names a kind of database server.
type Dialect = dialect.Dialect

// The dialects. MySQL is MariaDB too.
const (
	PostgreSQL = dialect.PostgreSQL
	MySQL      = dialect.MySQL
	SQLite     = dialect.SQLite
)

// A Querier is a *sql.DB, *sql.Conn or *sql.Tx.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Check asks the server for the settings that matter and returns those that should be
// changed, in a fixed order; none for SQLite, which keeps no log of statements. Settings are
// those of this session: ask as the role and in the database that the application uses.
func Check(ctx context.Context, q Querier, d Dialect) ([]Finding, error) {
	switch d {
	case PostgreSQL:
		return check(ctx, q, "SELECT name, setting FROM pg_settings WHERE name LIKE 'log%' OR name LIKE 'auto_explain.%' OR name LIKE 'pg_stat_statements.%'", postgres)
	case MySQL:
		return check(ctx, q, "SHOW GLOBAL VARIABLES", mysql)
	case SQLite:
		return nil, nil
	}
	panic("cellseal/search/hygiene: no dialect")
}

func check(ctx context.Context, q Querier, query string, rules func(settings) []Finding) ([]Finding, error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("cellseal/search/hygiene: the server's settings: %w", err)
	}
	defer rows.Close()
	s := settings{}
	for rows.Next() {
		var name string
		var value sql.NullString
		if err := rows.Scan(&name, &value); err != nil {
			return nil, fmt.Errorf("cellseal/search/hygiene: the server's settings: %w", err)
		}
		s[strings.ToLower(name)] = value.String
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("cellseal/search/hygiene: the server's settings: %w", err)
	}
	if len(s) == 0 {
		return nil, errors.New("cellseal/search/hygiene: the server names none of its settings: check them by hand")
	}
	return rules(s), nil
}

// settings are what a server says, by lower-case name.
type settings map[string]string

func (s settings) on(name string) bool {
	v := strings.ToLower(s[name])
	return v == "on" || v == "1"
}

// number is a setting's value, or without the setting what it is taken for.
func (s settings) number(name string, without float64) float64 {
	n, err := strconv.ParseFloat(s[name], 64)
	if err != nil {
		return without
	}
	return n
}

func (s settings) finding(name, shows, change string) Finding {
	return Finding{name, s[name], shows, change}
}

// postgres knows PostgreSQL 13 and later. Parameters are logged with the statement unless
// log_parameter_max_length is 0; below 0 it has no bound.
func postgres(s settings) (list []Finding) {
	const log = "to the server's log"
	if v := s["log_statement"]; v != "" && v != "none" && v != "ddl" {
		list = append(list, s.finding("log_statement", "every statement goes "+log, "set it to none or ddl"))
	}
	logged := false
	for _, name := range []string{"log_min_duration_statement", "log_min_duration_sample"} {
		if s.number(name, -1) >= 0 {
			logged = true
			list = append(list, s.finding(name, "statements that take as many milliseconds go "+log, "set it to -1, or keep parameters out with log_parameter_max_length = 0"))
		}
	}
	if (logged || len(list) > 0 || s.number("log_transaction_sample_rate", 0) > 0) && s.number("log_parameter_max_length", -1) != 0 {
		list = append(list, s.finding("log_parameter_max_length", "statements that are logged have their parameters beside them", "set it to 0"))
	}
	if s.number("log_parameter_max_length_on_error", 0) != 0 {
		list = append(list, s.finding("log_parameter_max_length_on_error", "statements that fail have their parameters logged", "set it to 0"))
	}
	if v := s["log_min_error_statement"]; v != "" && v != "panic" && v != "fatal" && v != "log" {
		list = append(list, s.finding("log_min_error_statement", "the text of statements that fail goes "+log+": harmless where values are parameters, as this library sends them", "set it to panic if other programs write values into statements"))
	}
	if s.number("auto_explain.log_min_duration", -1) >= 0 && s.number("auto_explain.log_parameter_max_length", -1) != 0 {
		list = append(list, s.finding("auto_explain.log_min_duration", "plans of slow statements go "+log+", with their parameters", "set it to -1, or auto_explain.log_parameter_max_length to 0"))
	}
	return list
}

// mysql knows MySQL and MariaDB. Both write parameters into the logged text.
func mysql(s settings) (list []Finding) {
	if strings.Contains(strings.ToLower(s["log_output"]), "none") { // which wins over what stands beside it
		return binlog(s, nil)
	}
	to := "a file"
	if strings.Contains(strings.ToLower(s["log_output"]), "table") {
		to = "a table of the schema mysql, which backups copy"
	}
	if s.on("general_log") {
		list = append(list, s.finding("general_log", "every statement goes to "+to+", with its parameters", "SET GLOBAL general_log = OFF"))
	}
	for _, name := range []string{"slow_query_log", "log_slow_query"} { // MariaDB has both, and means one
		if s.on(name) {
			list = append(list, s.finding(name, "slow statements go to "+to+", with their parameters", "SET GLOBAL "+name+" = OFF, or on a copy of the data only"))
			break
		}
	}
	return binlog(s, list)
}

func binlog(s settings, list []Finding) []Finding {
	if s.on("log_bin") && !strings.EqualFold(s["binlog_format"], "row") && s["binlog_format"] != "" {
		list = append(list, s.finding("binlog_format", "statements that write go to the binary log, to every replica and backup of it, with their parameters", "set it to ROW"))
	}
	if s.on("log_bin") && s.on("binlog_rows_query_log_events") {
		list = append(list, s.finding("binlog_rows_query_log_events", "statements stand beside their rows in the binary log", "SET GLOBAL binlog_rows_query_log_events = OFF"))
	}
	if s.on("log_bin") && s.on("binlog_annotate_row_events") {
		list = append(list, s.finding("binlog_annotate_row_events", "statements stand beside their rows in the binary log", "SET GLOBAL binlog_annotate_row_events = OFF"))
	}
	return list
}
