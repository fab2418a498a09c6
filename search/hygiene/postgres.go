package hygiene

import (
	"slices"
	"strconv"
	"strings"
)

// By pattern, so that a server of another version or without a module has fewer rows and
// no error.
const postgresSettings = `SELECT name, setting FROM pg_catalog.pg_settings
WHERE name ~ '^(log_|debug_print_|auto_explain[.]|pg_stat_statements[.]|pgaudit[.])' OR name IN ('archive_mode', 'wal_level')`

// What findings have in common.
const (
	observed = "Every statement in a log is a query observed: whoever reads it learns over time which terms are asked for, how often, and by which rows they are held."
	around   = "A statement that goes around Cellseal's driver (a console, a migration, a report) is there with the plaintext of its literals."
)

// postgres judges PostgreSQL's settings.
func postgres(s settings) []Finding {
	var all []Finding
	add := func(setting, to, risk string) {
		f := Finding{Setting: setting, Value: s[setting], Risk: risk}
		if to != "" {
			f.Change = "ALTER SYSTEM SET " + setting + " = " + to
		}
		all = append(all, f)
	}

	// log_statement = ddl is no finding: no value is in a table's definition.
	if slices.Contains([]string{"mod", "all"}, s["log_statement"]) {
		which := map[string]string{"mod": "every INSERT, UPDATE and DELETE", "all": "every statement"}[s["log_statement"]]
		add("log_statement", "none", "The log holds the text of "+which+". "+observed+" "+around)
	}
	if s.atLeast("log_min_duration_statement", 0) {
		add("log_min_duration_statement", "-1", "The log holds the text of every statement that takes as many milliseconds; 0 is all. "+observed+" "+around)
	}
	if s.atLeast("log_min_duration_sample", 0) && s.above("log_statement_sample_rate", 0) {
		add("log_min_duration_sample", "-1", "The log holds the text of a sample of the statements that take as many milliseconds. "+observed+" "+around)
	}
	if s.above("log_transaction_sample_rate", 0) {
		add("log_transaction_sample_rate", "0", "The log holds the text of every statement of a sample of the transactions. "+observed+" "+around)
	}
	if length, ok := s["log_parameter_max_length"]; ok && length != "0" && len(all) > 0 {
		add("log_parameter_max_length", "0", "Beside the text of each logged statement stand its parameters: the cells and terms of what comes through Cellseal's driver, and plaintext "+
			"of what goes around it with bound values. At 0 the log tells the kind of statement and the time, and no term.")
	}
	s.postgresErrors(add)
	s.postgresModules(add)
	if mode := s["archive_mode"]; mode == "on" || mode == "always" {
		add("archive_mode", "", "The archive keeps every version of every row in order of writing. It holds cells and terms only, but terms of values that were replaced or deleted "+
			"since, and what changed together. Let archives expire, and count them as copies of the database.")
	}
	if s["wal_level"] == "logical" {
		add("wal_level", "", "Subscribers and change-data-capture get every change as a row: cells and terms only, and with the time of each.")
	}
	return all
}

// postgresErrors judges what is logged of a statement that fails.
func (s settings) postgresErrors(add func(setting, to, risk string)) {
	onError := s["log_min_error_statement"] != "" && !slices.Contains([]string{"log", "fatal", "panic"}, s["log_min_error_statement"])
	if length, ok := s["log_parameter_max_length_on_error"]; ok && length != "0" {
		add("log_parameter_max_length_on_error", "0", "The parameters of every statement that fails are in the log and in the error the client gets: cells and terms, "+
			"and plaintext of what goes around Cellseal's driver.")
	}
	if onError {
		add("log_min_error_statement", "fatal", "The log holds the text of every statement that fails: without parameters, so nothing of what Cellseal's driver sends. "+around+
			" It is the server's default.")
	}
	if v, ok := s["log_error_verbosity"]; ok && v != "terse" {
		add("log_error_verbosity", "terse", "The log holds the detail of errors: the term that a unique index has already, the whole row that a constraint refused. "+
			"Cells and terms only, but a refused term names a value that another row has. It is the server's default.")
	}
	for _, name := range []string{"debug_print_parse", "debug_print_rewritten", "debug_print_plan"} {
		if s[name] == "on" {
			add(name, "off", "The log holds every statement as a tree, its constants included. "+observed+" "+around)
		}
	}
}

// postgresModules judges modules, which have settings only where they are loaded.
func (s settings) postgresModules(add func(setting, to, risk string)) {
	if s.atLeast("auto_explain.log_min_duration", 0) && s.above("auto_explain.sample_rate", 0) {
		add("auto_explain.log_min_duration", "-1", "The log holds text and plan of statements that take as many milliseconds, and a plan shows the parameters it was made for, "+
			"whatever log_parameter_max_length says: terms, cells. "+observed+" "+around)
	}
	if v := s["pgaudit.log"]; v != "" && v != "none" {
		add("pgaudit.log", "'none'", "The audit holds the text of statements of these classes. "+observed+" "+around+" Where an audit is owed, leave out the parameters and guard it as the tables.")
		if s["pgaudit.log_parameter"] == "on" {
			add("pgaudit.log_parameter", "off", "The audit holds the parameters of statements: cells and terms, and plaintext of what goes around Cellseal's driver.")
		}
	}
	if v := s["pg_stat_statements.track"]; v != "" && v != "none" {
		add("pg_stat_statements.track", "", "Texts are kept with their constants taken out, so neither terms nor plaintext: harmless with bound parameters. It tells how often each kind "+
			"of statement runs.")
		if s["pg_stat_statements.track_utility"] == "on" {
			add("pg_stat_statements.track_utility", "off", "Commands other than SELECT, INSERT, UPDATE, DELETE and MERGE are kept, and in versions before 16 with their constants: nothing of what "+
				"Cellseal's driver sends, but passwords and plaintext of consoles.")
		}
	}
}

func (s settings) atLeast(name string, least float64) bool {
	v, err := strconv.ParseFloat(strings.TrimSpace(s[name]), 64)
	return err == nil && v >= least
}

func (s settings) above(name string, than float64) bool {
	v, err := strconv.ParseFloat(strings.TrimSpace(s[name]), 64)
	return err == nil && v > than
}
