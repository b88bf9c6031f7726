package hearing

import (
	"bytes"
	"cmp"
	"context"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"assay/internal/blob"
	"assay/internal/fault"
)

// MaxDocument bounds one file, in bytes.
const MaxDocument = 10 << 20

// DocumentTypes are the files that may be handed in, by what they begin with.
// They are given back as downloads, never shown as part of a page.
var DocumentTypes = []string{"application/pdf", "image/jpeg", "image/png", "image/webp", "text/plain"}

// typeOf recognises a file by its bytes, "" when it is none of DocumentTypes.
// What it is called counts for nothing.
func typeOf(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return "application/pdf"
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case len(data) >= 12 && bytes.HasPrefix(data, []byte("RIFF")) && string(data[8:12]) == "WEBP":
		return "image/webp"
	case utf8.Valid(data) && !bytes.ContainsFunc(data, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\r\n", r) }):
		return "text/plain"
	}
	return ""
}

// Keep checks a file and keeps it; what cannot be a document is fault.Invalid.
func Keep(ctx context.Context, blobs *blob.Store, name string, data []byte) (Document, error) {
	refuse := func(code, text string) error {
		return &fault.Error{Code: fault.Invalid, Message: text, Fields: []fault.Field{{Path: "documents", Code: code, Message: text}}}
	}
	if len(data) == 0 {
		return Document{}, refuse("missing", "the file is empty")
	}
	if len(data) > MaxDocument {
		return Document{}, refuse("file_too_large", "a file may have at most 10 MB")
	}
	d := Document{Name: fileName(name), Type: typeOf(data), Size: int64(len(data))}
	if d.Type == "" {
		return Document{}, refuse("wrong_file", "hand in PDF, JPEG, PNG, WebP or plain text")
	}
	var err error
	d.Hash, err = blobs.Put(ctx, data)
	return d, err
}

// CheckKept refuses documents that are not kept here, or are described other
// than they are: a program names them itself.
func CheckKept(ctx context.Context, blobs *blob.Store, list []Document) error {
	for i := range list {
		data, err := blobs.Get(ctx, list[i].Hash)
		if err != nil {
			return &fault.Error{Code: fault.Invalid, Message: "a document was not handed in", Fields: []fault.Field{{Path: "documents", Code: "unknown_reference", Message: "hand in the file first"}}}
		}
		if len(data) > MaxDocument || typeOf(data) == "" {
			return &fault.Error{Code: fault.Invalid, Message: "this is no document", Fields: []fault.Field{{Path: "documents", Code: "wrong_file", Message: "hand in PDF, JPEG, PNG, WebP or plain text"}}}
		}
		list[i].Name, list[i].Type, list[i].Size = fileName(list[i].Name), typeOf(data), int64(len(data))
	}
	return nil
}

// fileName is a name that is safe to write into a header and on a page.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`"<>;%`, r) {
			return -1
		}
		return r
	}, name)
	if r := []rune(name); len(r) > 120 {
		name = string(r[len(r)-120:])
	}
	return cmp.Or(strings.Trim(name, ". /"), "document")
}

// Find is a document that was handed in in a hearing, by its hash.
func (h Hearing) Find(hash string) (Document, bool) {
	for _, w := range h.Words {
		for _, d := range w.Documents {
			if d.Hash == hash {
				return d, true
			}
		}
	}
	return Document{}, false
}
