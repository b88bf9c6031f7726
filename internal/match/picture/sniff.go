package picture

import (
	"bytes"
	"strings"
)

// sniff recognises the format by content and returns what opens it.
func sniff(data []byte) (string, func(*decoder) (*Picture, error), error) {
	has := func(at int, magic string) bool {
		return len(data) >= at+len(magic) && string(data[at:at+len(magic)]) == magic
	}
	switch {
	case has(0, "\xff\xd8"):
		return FormatJPEG, decodeJPEG, nil
	case has(0, "\x89PNG\r\n\x1a\n"):
		return FormatPNG, decodePNG, nil
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return FormatGIF, decodeGIF, nil
	case has(0, "RIFF") && has(8, "WEBP"):
		return FormatWebP, decodeWebP, nil
	case has(0, "BM") && len(data) >= 26:
		return FormatBMP, decodeBMP, nil
	case has(0, "II*\x00"), has(0, "MM\x00*"):
		return FormatTIFF, decodeTIFF, nil
	}
	if name := foreign(data); name != "" {
		return "", nil, unsupported(name, "this format cannot be decoded here")
	}
	if len(data) < 16 {
		return "", nil, truncated("picture", "it has %d bytes", len(data))
	}
	return "", nil, fail(CodeUnknownFormat, "the file is no picture of a known format (it begins with %q): send JPEG, PNG, WebP, GIF, BMP or TIFF", data[:12])
}

// foreign names formats that are recognised only to say so.
func foreign(data []byte) string {
	head := data[:min(len(data), 1024)]
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		switch brand := string(head[8:12]); brand {
		case "avif", "avis":
			return "AVIF"
		case "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1":
			return "HEIC"
		default:
			return "a video or other ISO media file (" + strings.ToValidUTF8(brand, "?") + ")"
		}
	}
	for _, m := range []struct{ magic, name string }{
		{"\x00\x00\x00\x0cJXL ", "JPEG XL"},
		{"\xff\x0a", "JPEG XL"},
		{"\x00\x00\x00\x0cjP  ", "JPEG 2000"},
		{"\xff\x4f\xff\x51", "JPEG 2000"},
		{"8BPS", "a Photoshop document"},
		{"%PDF", "a PDF document"},
		{"%!PS", "PostScript"},
		{"\x00\x00\x01\x00", "an icon"},
		{"II\xbc", "JPEG XR"},
		{"II+\x00", "BigTIFF"},
		{"MM\x00+", "BigTIFF"},
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.name
		}
	}
	lower := bytes.ToLower(head)
	if bytes.Contains(lower, []byte("<svg")) {
		return "SVG"
	}
	if bytes.Contains(lower, []byte("<html")) || bytes.Contains(lower, []byte("<!doctype html")) {
		return "a web page"
	}
	return ""
}
