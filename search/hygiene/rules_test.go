package hygiene

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// names are the settings of findings, in order.
func names(all []Finding) []string {
	out := []string{}
	for _, f := range all {
		out = append(out, f.Setting)
	}
	return out
}

func TestPostgresRules(t *testing.T) {
	quiet := settings{"log_statement": "none", "log_min_duration_statement": "-1", "log_min_duration_sample": "-1", "log_statement_sample_rate": "1", "log_transaction_sample_rate": "0",
		"log_parameter_max_length": "-1", "log_parameter_max_length_on_error": "0", "log_min_error_statement": "fatal", "log_error_verbosity": "terse", "archive_mode": "off",
		"wal_level": "replica", "debug_print_plan": "off", "auto_explain.log_min_duration": "-1", "auto_explain.sample_rate": "1", "pg_stat_statements.track": "none", "pgaudit.log": "none"}
	require.Empty(t, postgres(quiet))
	require.Empty(t, postgres(settings{}), "a server without any of them")
	for _, c := range []struct {
		set  string // name=value, spaces between
		want string
	}{
		{"log_statement=ddl", ""},
		{"log_statement=mod", "log_statement log_parameter_max_length"},
		{"log_statement=all log_parameter_max_length=0", "log_statement"},
		{"log_statement=all log_parameter_max_length=64", "log_statement log_parameter_max_length"},
		{"log_min_duration_statement=0", "log_min_duration_statement log_parameter_max_length"},
		{"log_min_duration_statement=5000", "log_min_duration_statement log_parameter_max_length"},
		{"log_min_duration_sample=10", "log_min_duration_sample log_parameter_max_length"},
		{"log_min_duration_sample=10 log_statement_sample_rate=0", ""},
		{"log_transaction_sample_rate=0.01", "log_transaction_sample_rate log_parameter_max_length"},
		{"log_parameter_max_length_on_error=-1", "log_parameter_max_length_on_error"},
		{"log_min_error_statement=error", "log_min_error_statement"},
		{"log_min_error_statement=debug5", "log_min_error_statement"},
		{"log_min_error_statement=panic", ""},
		{"log_error_verbosity=default", "log_error_verbosity"},
		{"debug_print_plan=on debug_print_parse=on", "debug_print_parse debug_print_plan"},
		{"auto_explain.log_min_duration=0", "auto_explain.log_min_duration"},
		{"auto_explain.log_min_duration=0 auto_explain.sample_rate=0", ""},
		{"pgaudit.log=read,write", "pgaudit.log"},
		{"pgaudit.log=all pgaudit.log_parameter=on", "pgaudit.log pgaudit.log_parameter"},
		{"pg_stat_statements.track=top", "pg_stat_statements.track"},
		{"pg_stat_statements.track=all pg_stat_statements.track_utility=on", "pg_stat_statements.track pg_stat_statements.track_utility"},
		{"archive_mode=always wal_level=logical", "archive_mode wal_level"},
	} {
		s := with(quiet, c.set)
		all := postgres(s)
		require.Equal(t, strings.Fields(c.want), names(all), c.set)
		for _, f := range all {
			require.Equal(t, s[f.Setting], f.Value)
			if f.Change != "" {
				require.Contains(t, f.Change, "ALTER SYSTEM SET "+f.Setting+" = ")
			}
		}
	}
}

func TestMySQLRules(t *testing.T) {
	quiet := settings{"general_log": "OFF", "slow_query_log": "OFF", "long_query_time": "10.000000", "log_queries_not_using_indexes": "OFF", "log_output": "FILE", "log_bin": "OFF",
		"binlog_format": "MIXED", "binlog_annotate_row_events": "ON", "innodb_print_all_deadlocks": "OFF", "performance_schema": "OFF"}
	require.Empty(t, mysql(quiet))
	require.Empty(t, mysql(settings{}))
	for _, c := range []struct{ set, want string }{
		{"general_log=ON", "general_log"},
		{"general_log=1 log_output=TABLE,FILE", "general_log log_output"},
		{"general_log=ON slow_query_log=ON log_output=NONE", ""},
		{"log_output=TABLE", ""},
		{"slow_query_log=ON", "slow_query_log"},
		{"log_queries_not_using_indexes=ON", ""},
		{"slow_query_log=ON log_queries_not_using_indexes=ON", "slow_query_log log_queries_not_using_indexes"},
		{"server_audit_logging=ON", "server_audit_logging"},
		{"innodb_print_all_deadlocks=ON", "innodb_print_all_deadlocks"},
		{"log_bin=ON", "binlog_format binlog_annotate_row_events log_bin"},
		{"log_bin=ON binlog_format=STATEMENT binlog_annotate_row_events=OFF", "binlog_format log_bin"},
		{"log_bin=ON binlog_format=ROW binlog_annotate_row_events=OFF", "log_bin"},
		{"log_bin=ON binlog_format=ROW binlog_annotate_row_events=OFF binlog_rows_query_log_events=ON", "binlog_rows_query_log_events log_bin"},
		{"events_statements_current=NO events_statements_history=YES", "performance_schema.setup_consumers|events_statements_history"},
		{"performance_schema.setup_consumers=unknown", "performance_schema.setup_consumers"},
	} {
		all := mysql(with(quiet, c.set))
		want := strings.Fields(c.want)
		for i := range want {
			want[i] = strings.ReplaceAll(want[i], "|", " ")
		}
		require.Equal(t, want, names(all), c.set)
	}
	f := mysql(with(quiet, "slow_query_log=ON long_query_time=0.5"))[0]
	require.Contains(t, f.Risk, "more than 0.5 seconds")
	require.Equal(t, "SET GLOBAL slow_query_log = OFF", f.Change)
}

func with(s settings, set string) settings {
	out := settings{}
	for k, v := range s {
		out[k] = v
	}
	for _, pair := range strings.Fields(set) {
		name, value, _ := strings.Cut(pair, "=")
		out[name] = value
	}
	return out
}

func TestAFindingAsText(t *testing.T) {
	f := Finding{"log_statement", "all", "Everything is there.", "ALTER SYSTEM SET log_statement = none"}
	require.Equal(t, "log_statement = all: Everything is there.\n\tALTER SYSTEM SET log_statement = none", f.String())
	require.Equal(t, "(no log): Nothing.", Finding{Setting: "(no log)", Risk: "Nothing."}.String())
}
