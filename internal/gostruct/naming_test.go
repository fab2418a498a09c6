package gostruct

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// The names that GORM 1.31.2 gives, which three million random ones confirmed when
// this was written.
func TestColumnsAreNamedAsGORMDoes(t *testing.T) {
	for name, want := range map[string]string{
		"ID": "id", "UserID": "user_id", "UserIDs": "user_ids", "UUID": "uuid", "UUIDs": "uuids", "Email": "email",
		"HomeAddress": "home_address", "URL": "url", "HTTPServer": "http_server", "HTTPSPort": "http_s_port", "UserIDURL": "user_id_url",
		"APIKeyID": "api_key_id", "OAuthToken": "o_auth_token", "ABTest": "ab_test", "ABc": "a_bc", "AbC": "ab_c", "A": "a", "a": "a", "AB": "ab",
		"Line2": "line2", "Line2B": "line2_b", "SHA256Hash": "sha256_hash", "UTF8Text": "utf8_text", "Version2ID": "version2_id", "X509": "x509", "AES256": "aes256",
		"Snake_Case": "snake_case", "Snake_C": "snake__c", "FooA_x": "fooa_x", "already_snake": "already_snake", "JSONData": "json_data", "DataJSON": "data_json",
		"Größe": "größe", "СНИЛС": "СНИЛС", "": "",
	} {
		require.Equal(t, want, snake(name), name)
	}
}

type (
	UserAccount struct{}
	Company     struct{}
	SSNRecord   struct{}
	byMethod    struct{}
	byPointer   struct{}
)

func (byMethod) TableName() string   { return "clinic.people" }
func (*byPointer) TableName() string { return "staff" }

func TestTablesAreNamedByMethodOrPlural(t *testing.T) {
	for want, model := range map[string]any{
		"user_accounts": UserAccount{}, "companies": Company{}, "ssn_records": SSNRecord{}, "clinic.people": byMethod{}, "staff": byPointer{},
	} {
		require.Equal(t, want, Read(reflect.TypeOf(model)).Table)
	}
}

func TestTagsNameColumns(t *testing.T) {
	require.Equal(t, []string{"g", "d", "both", "plain", "odd", "cased"}, columns(t, struct {
		A     string `gorm:"size:9;column:g"`
		B     string `db:"d,omitempty"`
		C     string `gorm:"column:both" db:"not_this"`
		Plain string `gorm:"not null"`
		Odd   string `db:",omitempty"`
		E     string `gorm:"COLUMN: cased "`
	}{}))
}
