package access

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"assay/internal/fault"
)

// Cost of one password hash: the second of the settings that the OWASP
// Password Storage Cheat Sheet recommends for argon2id.
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonLanes  = 1
	saltBytes   = 16
	hashBytes   = 32
)

// Bounds of a password. The upper one keeps strangers from making us hash
// megabytes.
const (
	MinPassword = 12  // characters
	maxPassword = 512 // bytes
)

// HashPassword makes an argon2id hash in PHC string format. It takes about
// 19 MiB and some tens of milliseconds.
func HashPassword(password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("salt of a password: %w", err)
	}
	sum := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, hashBytes)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum)), nil
}

// VerifyPassword reports whether password is the one that hash was made of.
// The error is about the hash, never about the password.
func VerifyPassword(password, hash string) (bool, error) {
	h, err := parseHash(hash)
	if err != nil {
		return false, err
	}
	sum := argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.lanes, uint32(len(h.sum)))
	return subtle.ConstantTimeCompare(sum, h.sum) == 1, nil
}

type passwordHash struct {
	memory, time uint32
	lanes        uint8
	salt, sum    []byte
}

// parseHash reads a PHC string and refuses costs that would let a tampered
// row exhaust the machine.
func parseHash(s string) (passwordHash, error) {
	var h passwordHash
	part := strings.Split(s, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2id" {
		return h, errors.New("password hash: not an argon2id PHC string")
	}
	var version int
	if _, err := fmt.Sscanf(part[2], "v=%d", &version); err != nil || version != argon2.Version {
		return h, fmt.Errorf("password hash: version %q is not supported", part[2])
	}
	if _, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.lanes); err != nil {
		return h, fmt.Errorf("password hash: costs %q: %w", part[3], err)
	}
	if h.memory > 256*1024 || h.time < 1 || h.time > 16 || h.lanes < 1 || h.lanes > 16 {
		return h, fmt.Errorf("password hash: costs %q are out of bounds", part[3])
	}
	var err error
	if h.salt, err = base64.RawStdEncoding.DecodeString(part[4]); err != nil {
		return h, fmt.Errorf("password hash: salt: %w", err)
	}
	if h.sum, err = base64.RawStdEncoding.DecodeString(part[5]); err != nil {
		return h, fmt.Errorf("password hash: sum: %w", err)
	}
	if len(h.salt) < 8 || len(h.salt) > 64 || len(h.sum) < 16 || len(h.sum) > 64 {
		return h, errors.New("password hash: salt or sum has a length out of bounds")
	}
	return h, nil
}

// CheckPassword says what is wrong with a password somebody wants to have.
// Length is what counts; rules about kinds of characters make worse passwords.
func CheckPassword(password, email string) error {
	refuse := func(code, message string) error {
		return &fault.Error{Code: fault.Invalid, Message: "this password cannot be used",
			Fields: []fault.Field{{Path: "password", Code: code, Message: message}}}
	}
	name, _, _ := strings.Cut(email, "@")
	folded := strings.ToLower(strings.TrimSpace(password))
	switch {
	case !utf8.ValidString(password):
		return refuse("bad_text", "send valid UTF-8")
	case utf8.RuneCountInString(password) < MinPassword:
		return refuse("too_short", fmt.Sprintf("use at least %d characters; a sentence is easy to remember", MinPassword))
	case len(password) > maxPassword:
		return refuse("too_long", fmt.Sprintf("use at most %d bytes", maxPassword))
	case folded == strings.ToLower(email), name != "" && strings.Trim(strings.ReplaceAll(folded, strings.ToLower(name), ""), "0123456789!.-_ ") == "":
		return refuse("is_email", "do not use your e-mail address or your name in it alone")
	case oneCharacter(folded):
		return refuse("too_plain", "do not repeat one character")
	}
	return nil
}

func oneCharacter(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return strings.Trim(s, string(first)) == ""
}
