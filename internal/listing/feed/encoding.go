package feed

import (
	"bufio"
	"bytes"
	"io"
	"regexp"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

const sampleBytes = 32 << 10 // how much text decides about the encoding

// decode returns r as UTF-8 without byte order mark. Bytes that are not valid
// become U+FFFD, which the builder reports with the column they stand in.
func decode(r io.Reader, name, forced string) (io.Reader, error) {
	in := bufio.NewReaderSize(r, sampleBytes)
	head, err := in.Peek(1024)
	if len(head) == 0 && err != nil {
		if err == io.EOF {
			return nil, unreadable(codeEmptyFile, name, "")
		}
		return nil, err
	}
	if code, what := binaryKind(head); code != "" {
		return nil, unreadable(code, name, what)
	}
	if enc, n := byteOrderMark(head); enc != nil {
		if _, err := in.Discard(n); err != nil {
			return nil, err
		}
		return transform.NewReader(in, enc.NewDecoder()), nil
	}
	if forced != "" {
		enc, err := htmlindex.Get(forced)
		if err != nil {
			return nil, unreadable(codeEncoding, name, quoted(forced))
		}
		return transform.NewReader(in, enc.NewDecoder()), nil
	}
	return &lateDecoder{in: in, declared: declaredEncoding(head)}, nil
}

// binaryKind recognises files that are no text at all.
func binaryKind(head []byte) (code, what string) {
	switch {
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return codeSpreadsheet, ""
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		if bytes.Contains(head, []byte("[Content_Types].xml")) || bytes.Contains(head, []byte("xl/")) || bytes.Contains(head, []byte("_rels/.rels")) {
			return codeSpreadsheet, ""
		}
		return codeArchive, "ZIP"
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return codeArchive, "gzip"
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return codeArchive, "PDF"
	}
	return "", ""
}

// byteOrderMark also knows UTF-16 without a mark by its zero bytes.
func byteOrderMark(head []byte) (encoding.Encoding, int) {
	little := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	big := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return unicode.UTF8, 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return little, 2
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return big, 2
	case len(head) >= 4 && head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0:
		return little, 0
	case len(head) >= 4 && head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0:
		return big, 0
	}
	return nil, 0
}

var declaration = regexp.MustCompile(`(?i)(?:encoding|charset)\s*=\s*["']?([a-z0-9_-]+)`)

func declaredEncoding(head []byte) encoding.Encoding {
	if !bytes.HasPrefix(bytes.TrimLeft(head, " \r\n\t"), []byte("<")) {
		return nil
	}
	m := declaration.FindSubmatch(head)
	if m == nil {
		return nil
	}
	enc, err := htmlindex.Get(string(m[1]))
	if err != nil {
		return nil
	}
	return enc
}

// lateDecoder passes ASCII through and decides about the encoding at the
// first byte that is not, because a long ASCII beginning says nothing.
type lateDecoder struct {
	in       *bufio.Reader
	declared encoding.Encoding
	out      io.Reader
}

func (d *lateDecoder) Read(p []byte) (int, error) {
	if d.out != nil {
		return d.out.Read(p)
	}
	if _, err := d.in.Peek(1); err != nil {
		return 0, err
	}
	ready, err := d.in.Peek(min(len(p), d.in.Buffered()))
	if err != nil {
		return 0, err
	}
	n := 0
	for n < len(ready) && ready[n] < utf8.RuneSelf {
		n++
	}
	if n > 0 || len(p) == 0 {
		n = copy(p, ready[:n])
		_, err := d.in.Discard(n)
		return n, err
	}
	sample, _ := d.in.Peek(sampleBytes) // a short sample comes with an error that the next read repeats
	d.out = transform.NewReader(d.in, pickEncoding(sample, d.declared).NewDecoder())
	return d.out.Read(p)
}

// pickEncoding trusts valid UTF-8 first, then what the file declares, then
// the statistics of the byte pairs.
func pickEncoding(sample []byte, declared encoding.Encoding) encoding.Encoding {
	if mostlyUTF8(sample) {
		return unicode.UTF8
	}
	if declared != nil && declared != unicode.UTF8 {
		return declared
	}
	return guessEncoding(sample)
}

// mostlyUTF8 tolerates a few damaged bytes in text that is UTF-8 otherwise.
func mostlyUTF8(sample []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(sample); {
		r, n := utf8.DecodeRune(sample[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			if !utf8.FullRune(sample[i:]) {
				return good >= 9*bad // cut at the end of the sample
			}
			bad++
		case n > 1:
			good++
		}
		i += n
	}
	return good >= 9*bad
}

// guessEncoding counts, for each two-byte encoding, how many pairs are the
// everyday signs of its language. Korean wins a draw with Chinese because
// everyday Hangul lies inside the Chinese range, not the other way round.
func guessEncoding(sample []byte) encoding.Encoding {
	guesses := []struct {
		enc    encoding.Encoding
		common func(lead, trail byte) (pair, usual bool)
	}{
		{korean.EUCKR, func(l, t byte) (bool, bool) {
			return l >= 0x81 && l <= 0xfe && t >= 0x41, t >= 0xa1 && (l >= 0xb0 && l <= 0xc8 || l >= 0xa1 && l <= 0xa3)
		}},
		{simplifiedchinese.GB18030, func(l, t byte) (bool, bool) {
			return l >= 0x81 && l <= 0xfe && t >= 0x30, t >= 0xa1 && (l >= 0xb0 && l <= 0xd7 || l == 0xa1 || l == 0xa3)
		}},
		{japanese.ShiftJIS, func(l, t byte) (bool, bool) {
			pair := (l >= 0x81 && l <= 0x9f || l >= 0xe0 && l <= 0xfc) && t >= 0x40
			return pair, pair && (l == 0x82 && t >= 0x9f || l == 0x83 && t <= 0x96 || l == 0x81 && t <= 0x7e || l >= 0x88 && l <= 0x97)
		}},
	}
	best, bestShare := encoding.Encoding(charmap.Windows1252), 0.6
	for _, g := range guesses {
		if share := usualShare(sample, g.common); share > bestShare {
			best, bestShare = g.enc, share
		}
	}
	return best
}

// usualShare walks the sample in pairs and returns the part that is usual; a
// high byte that begins no pair counts as unusual.
func usualShare(sample []byte, common func(lead, trail byte) (pair, usual bool)) float64 {
	all, usual := 0, 0
	for i := 0; i+1 < len(sample); {
		if sample[i] < utf8.RuneSelf {
			i++
			continue
		}
		all++
		pair, good := common(sample[i], sample[i+1])
		if good {
			usual++
		}
		i++
		if pair {
			i++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(usual) / float64(all)
}
