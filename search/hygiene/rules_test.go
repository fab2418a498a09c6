package hygiene

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRules(t *testing.T) {
	for name, c := range map[string]struct {
		rules func(settings) []Finding
		s     settings
		want  []string
	}{
		"postgres as it comes": {postgres, settings{"log_statement": "none", "log_min_duration_statement": "-1", "log_parameter_max_length": "-1", "log_parameter_max_length_on_error": "0", "log_min_error_statement": "error"},
			[]string{"log_min_error_statement"}},
		"postgres logs all": {postgres, settings{"log_statement": "all", "log_parameter_max_length": "-1"}, []string{"log_statement", "log_parameter_max_length"}},
		"postgres logs mod": {postgres, settings{"log_statement": "mod", "log_parameter_max_length": "0"}, []string{"log_statement"}},
		"postgres logs ddl": {postgres, settings{"log_statement": "ddl"}, nil},
		"postgres logs slow ones": {postgres, settings{"log_min_duration_statement": "0", "log_min_duration_sample": "250", "log_parameter_max_length": "64"},
			[]string{"log_min_duration_statement", "log_min_duration_sample", "log_parameter_max_length"}},
		"postgres samples":                     {postgres, settings{"log_transaction_sample_rate": "0.1"}, []string{"log_parameter_max_length"}},
		"postgres explains":                    {postgres, settings{"auto_explain.log_min_duration": "5"}, []string{"auto_explain.log_min_duration"}},
		"postgres explains without parameters": {postgres, settings{"auto_explain.log_min_duration": "5", "auto_explain.log_parameter_max_length": "0"}, nil},

		"mysql as it comes":    {mysql, settings{"general_log": "OFF", "slow_query_log": "OFF", "log_bin": "ON", "binlog_format": "ROW", "log_output": "FILE"}, nil},
		"mysql logs all":       {mysql, settings{"general_log": "ON", "slow_query_log": "1", "log_output": "TABLE"}, []string{"general_log", "slow_query_log"}},
		"mysql logs to nobody": {mysql, settings{"general_log": "ON", "log_output": "NONE"}, nil},
		"mariadb":              {mysql, settings{"slow_query_log": "ON", "log_slow_query": "ON", "log_bin": "ON", "binlog_format": "MIXED", "binlog_annotate_row_events": "ON"}, []string{"slow_query_log", "binlog_format", "binlog_annotate_row_events"}},
		"mysql's statements":   {mysql, settings{"log_bin": "ON", "binlog_format": "STATEMENT", "binlog_rows_query_log_events": "ON"}, []string{"binlog_format", "binlog_rows_query_log_events"}},
		"no binary log":        {mysql, settings{"log_bin": "OFF", "binlog_format": "STATEMENT"}, nil},
	} {
		var got []string
		for _, f := range c.rules(c.s) {
			got = append(got, f.Setting)
			require.Equal(t, c.s[f.Setting], f.Value, name)
		}
		require.Equal(t, c.want, got, name)
	}
}
