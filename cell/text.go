package cell

import "encoding/base64"

// Text returns a cell in its text form, for a column that cannot hold bytes:
// unpadded base64url (RFC 4648 §5), a third longer.
func Text(sealed []byte) string { return base64.RawURLEncoding.EncodeToString(sealed) }

// ParseText reads what Text wrote, and only that: any other spelling of the same
// bytes, as with line breaks or stray bits at the end, is [ErrDecrypt].
func ParseText(text string) ([]byte, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || Text(sealed) != text {
		return nil, ErrDecrypt
	}
	return sealed, nil
}
