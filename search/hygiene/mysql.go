package hygiene

import (
	"context"
	"strings"
)

// SHOW needs no privilege, and a server without a variable shows fewer rows.
const mysqlSettings = `SHOW VARIABLES WHERE Variable_name IN ('general_log', 'slow_query_log', 'long_query_time', 'log_queries_not_using_indexes', 'log_output', 'log_bin',
'binlog_format', 'binlog_annotate_row_events', 'binlog_rows_query_log_events', 'innodb_print_all_deadlocks', 'performance_schema', 'server_audit_logging')`

const mysqlConsumers = `SELECT NAME, ENABLED FROM performance_schema.setup_consumers
WHERE NAME IN ('events_statements_current', 'events_statements_history', 'events_statements_history_long')`

const consumers = "performance_schema.setup_consumers"

// literal is why no setting takes the values out of these logs.
const literal = "MySQL and MariaDB write bound parameters into the text they log: the cells and terms of what comes through Cellseal's driver."

func readMySQL(ctx context.Context, db Queryer) (settings, error) {
	s, err := read(ctx, db, mysqlSettings)
	if err != nil || !s.on("performance_schema") {
		return s, err
	}
	enabled, err := read(ctx, db, mysqlConsumers)
	if err != nil {
		// It takes a privilege that SHOW does not: say what was not seen, and not fail.
		s[consumers] = "unknown"
		return s, ctx.Err()
	}
	for name, value := range enabled {
		s[name] = value
	}
	return s, nil
}

func (s settings) on(name string) bool {
	v := strings.ToUpper(s[name])
	return v == "ON" || v == "1" || v == "YES"
}

// mysql judges the settings of MySQL and MariaDB.
func mysql(s settings) []Finding {
	var all []Finding
	add := func(setting, to, risk string) {
		f := Finding{Setting: setting, Value: s[setting], Risk: risk}
		if to != "" {
			f.Change = "SET GLOBAL " + setting + " = " + to
		}
		all = append(all, f)
	}
	if !strings.Contains(strings.ToUpper(s["log_output"]), "NONE") { // which goes before FILE and TABLE
		if s.on("general_log") {
			add("general_log", "OFF", "The log holds the text of every statement. "+literal+" "+observed+" "+around)
		}
		if s.on("slow_query_log") {
			add("slow_query_log", "OFF", "The log holds the text of every statement that takes more than "+s["long_query_time"]+" seconds. "+literal+" "+observed+" "+around)
			if s.on("log_queries_not_using_indexes") {
				add("log_queries_not_using_indexes", "OFF", "The slow log holds the text of every statement that scans, however fast. "+literal+" "+observed)
			}
		}
		if len(all) > 0 && strings.Contains(strings.ToUpper(s["log_output"]), "TABLE") {
			add("log_output", "'NONE'", "These logs are tables, mysql.general_log and mysql.slow_log: who can read them needs no access to the machine, and a dump of all databases holds them.")
		}
	}
	if s.on("server_audit_logging") {
		add("server_audit_logging", "OFF", "The audit holds the text of statements, unless server_audit_events leaves QUERY out. "+literal+" "+observed+" "+around)
	}
	if s.on("innodb_print_all_deadlocks") {
		add("innodb_print_all_deadlocks", "OFF", "The error log holds the text of the statements in each deadlock. "+literal)
	}
	s.binlog(add)
	s.history(func(f Finding) { all = append(all, f) })
	return all
}

func (s settings) binlog(add func(setting, to, risk string)) {
	if !s.on("log_bin") {
		return
	}
	if format := strings.ToUpper(s["binlog_format"]); format == "STATEMENT" || format == "MIXED" {
		add("binlog_format", "ROW", "The binary log holds writes as statements, their WHERE included: which term a row was looked for by, and when. "+literal+" "+around)
	}
	for _, name := range []string{"binlog_annotate_row_events", "binlog_rows_query_log_events"} { // of MariaDB, of MySQL
		if s.on(name) {
			add(name, "OFF", "The binary log holds the statement beside the rows it changed, its WHERE included. "+literal+" "+around)
		}
	}
	add("log_bin", "", "The binary log keeps every change in order. Of rows it holds cells and terms only, but terms of values that were replaced or deleted since, and what changed together. "+
		"Let it expire, and count it as a copy of the database.")
}

// history judges what the server keeps of statements in memory.
func (s settings) history(add func(Finding)) {
	if s[consumers] != "" {
		add(Finding{consumers, s[consumers], "This session may not read whether the last statements are kept in memory: ask somebody who may.", ""})
	}
	for _, name := range []string{"events_statements_current", "events_statements_history", "events_statements_history_long"} {
		if s.on(name) {
			add(Finding{consumers + " " + name, s[name], "Who can read performance_schema sees the text of running or recent statements, of all sessions, and it may hold their parameters. " +
				"It is in memory only, and gone with the session or at a restart. " + around,
				"UPDATE performance_schema.setup_consumers SET ENABLED = 'NO' WHERE NAME = '" + name + "'"})
		}
	}
}
