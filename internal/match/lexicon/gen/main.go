// Command gen writes the folding data of package lexicon.
//
//	sh gen/han.sh > han.tsv
//	go run ./gen -confusables confusables.txt -han han.tsv -out .
//
// confusables.txt is the table of Unicode Technical Standard 39; han.tsv has
// one ideograph a line: character, simplified form, toneless pinyin. Both are
// derived from data under the Unicode licence (see NOTICE in the output).
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func main() {
	log.SetFlags(0)
	confusables := flag.String("confusables", "", "path of the TR39 confusables.txt")
	han := flag.String("han", "", "path of han.tsv: character, simplified, pinyin")
	out := flag.String("out", ".", "folder to write to")
	flag.Parse()
	if err := run(*confusables, *han, *out); err != nil {
		log.Fatal("gen: ", err)
	}
}

func run(confusables, han, out string) error {
	proto, version, err := readPrototypes(confusables)
	if err != nil {
		return err
	}
	ideographs, err := readHan(han)
	if err != nil {
		return err
	}
	folds := foldings(proto)
	for r, h := range ideographs {
		if h.simplified != r {
			folds[r] = fold{kindVariant, string(h.simplified)}
		}
	}
	if err := write(filepath.Join(out, "fold_data.go"), version, "foldData",
		"foldData holds rune foldings: delta, kind, length, runes as varints.", packFolds(settle(folds))); err != nil {
		return err
	}
	syllables, index := packPinyin(ideographs)
	return writePinyin(filepath.Join(out, "pinyin_data.go"), syllables, index)
}

// The kinds of folding; package lexicon reads the same numbers.
const (
	kindWidth      = 1 // full-width, half-width and other CJK compatibility forms
	kindConfusable = 2 // TR39 prototype, or a styled letter: circled, mathematical …
	kindAccent     = 3 // canonical decomposition with marks removed
	kindVariant    = 4 // traditional or variant ideograph
)

type fold struct {
	kind int
	to   string
}

// readPrototypes returns source rune -> prototype and the table's version line.
func readPrototypes(path string) (map[rune]string, string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	m, version := map[rune]string{}, ""
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		line := strings.TrimPrefix(sc.Text(), "\ufeff")
		if v, ok := strings.CutPrefix(line, "# Version: "); ok {
			version = v
		}
		line, _, _ = strings.Cut(line, "#")
		parts := strings.Split(line, ";")
		if len(parts) < 2 {
			continue
		}
		src, err := hexRunes(parts[0])
		if err != nil {
			return nil, "", err
		}
		dst, err := hexRunes(parts[1])
		if err != nil {
			return nil, "", err
		}
		if len(src) == 1 {
			m[src[0]] = string(dst)
		}
	}
	return m, version, sc.Err()
}

func hexRunes(s string) ([]rune, error) {
	var out []rune
	for _, f := range strings.Fields(s) {
		v, err := strconv.ParseUint(f, 16, 32)
		if err != nil {
			return nil, fmt.Errorf("confusables: %q is no code point: %w", f, err)
		}
		out = append(out, rune(v))
	}
	return out, nil
}

type ideograph struct {
	simplified rune
	pinyin     string
}

func readHan(path string) (map[rune]ideograph, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m := map[rune]ideograph{}
	for _, line := range strings.Split(string(b), "\n") {
		f := strings.Split(line, "\t")
		if len(f) < 3 {
			continue
		}
		r, s := []rune(f[0]), []rune(f[1])
		if len(r) == 1 && len(s) == 1 && f[2] != "" && f[2][0] < 128 {
			m[r[0]] = ideograph{s[0], f[2]}
		}
	}
	return m, nil
}

// extra lists letter-like signs that neither NFKD nor TR39 brings to a letter.
func extra() map[rune]string {
	m := map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ł': "l", 'ı': "i", 'ð': "d", 'þ': "th", 'ƒ': "f", '₩': "w", '¥': "y", '£': "l", '¢': "c", 'µ': "u", 'λ': "a", 'и': "n", 'я': "r", 'д': "a", 'ч': "y", 'п': "n", 'ш': "w", 'щ': "w", 'ц': "u", 'ь': "b", 'ъ': "b", 'в': "b", 'з': "e", 'є': "e", 'э': "e", 'ф': "o", 'б': "b", 'г': "r", 'т': "t", 'м': "m", 'н': "h", 'к': "k", 'η': "n", 'ω': "w", 'π': "n", 'σ': "o", 'ρ': "p", 'τ': "t", 'β': "b", 'ε': "e", 'θ': "o", 'μ': "u", 'υ': "u", 'χ': "x", 'κ': "k", 'ι': "i", 'ν': "v", 'ς': "c", 'ζ': "z"}
	for i, r := range []rune("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡxʏᴢ") {
		m[r] = string(rune('a' + i))
	}
	for i, r := range []rune("ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz") {
		if r > 127 {
			m[r] = string(rune('a' + i))
		}
	}
	for i := rune(0); i < 26; i++ {
		for _, base := range []rune{0x1F150, 0x1F170, 0x1F1E6, 0x1F130, 0xE0061} {
			m[base+i] = string('a' + i)
		}
	}
	delete(m, 'x')
	return m
}

// foldings gives every rune outside ASCII, Hangul syllables and plain
// ideographs that should be read as other runes.
func foldings(proto map[rune]string) map[rune]fold {
	m, more := map[rune]fold{}, extra()
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		if skip(r) {
			continue
		}
		if to, ok := more[r]; ok {
			m[r] = fold{kindConfusable, to}
			continue
		}
		if f, ok := foldOne(r, proto, more); ok {
			m[r] = f
		}
	}
	compose(m, more)
	return m
}

// compose folds what is composed, or a capital, like its parts: folding must
// not depend on the normal form.
func compose(m map[rune]fold, more map[rune]string) {
	for r := rune(0x80); r <= 0xFFFF; r++ {
		if skip(r) || !unicode.IsLetter(r) || more[r] != "" {
			continue
		}
		parts := norm.NFD.String(string(r))
		if parts == string(r) {
			l := unicode.ToLower(r)
			if f, ok := m[l]; ok && l != r && m[r].to == "" {
				m[r] = f
			}
			continue
		}
		to, kind := "", kindAccent
		for _, p := range parts {
			if f, ok := m[p]; ok {
				to, kind = to+f.to, f.kind
			} else if unicode.IsLetter(p) {
				to += string(unicode.ToLower(p))
			}
		}
		if n := len([]rune(to)); n > 0 && n <= 4 {
			m[r] = fold{kind, to}
		}
	}
}

// settle follows foldings of foldings to their end.
func settle(m map[rune]fold) map[rune]fold {
	for range 4 {
		for r, f := range m {
			to := ""
			for _, x := range f.to {
				if g, ok := m[x]; ok && x != r {
					to += g.to
				} else {
					to += string(x)
				}
			}
			if n := len([]rune(to)); n > 0 && n <= 4 {
				m[r] = fold{f.kind, to}
			}
		}
	}
	return m
}

func skip(r rune) bool {
	switch {
	case r >= 0xAC00 && r <= 0xD7A3, r >= 0xD800 && r <= 0xDFFF, r >= 0x4E00 && r <= 0x9FFF:
		return true
	case r >= 0x3131 && r <= 0x318E, r >= 0x1100 && r <= 0x11FF: // jamo: by rule
		return true
	}
	return strings.ContainsRune("™℠®©№ªº·¨¯´¸", r) || unicode.In(r, unicode.M, unicode.Z, unicode.C)
}

// foldOne tries, in this order, canonical decomposition (accent), compatibility
// decomposition (width) and the TR39 prototype of a letter or number.
func foldOne(r rune, proto, more map[rune]string) (fold, bool) {
	if to := letters(norm.NFD.String(string(unicode.ToLower(r))), more); to != "" && to != string(r) && wanted(to) {
		if norm.NFD.String(string(r)) == string(r) {
			if k := more[unicode.ToLower(r)]; k != "" {
				return fold{kindConfusable, k}, true
			}
		} else {
			return fold{kindAccent, to}, true
		}
	}
	if to := letters(norm.NFKD.String(string(r)), more); to != "" && to != string(r) && wanted(to) {
		if to[0] < 128 && !(r >= 0xFF00 && r <= 0xFFEF) {
			return fold{kindConfusable, to}, true // circled, superscript, mathematical: no way to write a name
		}
		return fold{kindWidth, to}, true
	}
	p, ok := proto[r]
	if !ok || !unicode.In(r, unicode.L, unicode.N) || unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) {
		return fold{}, false
	}
	to := letters(norm.NFKD.String(p), more)
	if to == "rn" {
		to = "m" // TR39 writes m as r n
	}
	if to == "" || strings.ContainsFunc(to, func(r rune) bool { return r > 127 }) {
		return fold{}, false
	}
	return fold{kindConfusable, to}, true
}

// wanted keeps foldings to scripts that names are written in.
func wanted(s string) bool {
	for _, r := range s {
		ok := r < 128 || unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
		if !ok {
			return false
		}
	}
	return len([]rune(s)) <= 4
}

// letters lower-cases, drops marks and everything that is not letter or digit,
// and takes katakana to hiragana.
func letters(s string, more map[rune]string) string {
	var b strings.Builder
	for _, r := range s {
		r = unicode.ToLower(r)
		if to, ok := more[r]; ok {
			b.WriteString(to)
			continue
		}
		if r == 'ー' || !unicode.In(r, unicode.L, unicode.Nd) {
			continue
		}
		if r >= 0x30A1 && r <= 0x30F6 {
			r -= 0x60
		}
		if i := strings.IndexRune("ぁあぃいぅうぇえぉおっつゃやゅゆょよゎわゕかゖけ", r); i >= 0 && unicode.In(r, unicode.Hiragana) {
			pair := []rune("ぁあぃいぅうぇえぉおっつゃやゅゆょよゎわゕかゖけ")
			if k := slices.Index(pair, r); k%2 == 0 {
				r = pair[k+1]
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

func packFolds(m map[rune]fold) []byte {
	keys := make([]rune, 0, len(m))
	for r := range m {
		keys = append(keys, r)
	}
	slices.Sort(keys)
	var out []byte
	last := rune(0)
	for _, r := range keys {
		to := []rune(m[r].to)
		out = binary.AppendUvarint(out, uint64(r-last))
		out = append(out, byte(m[r].kind<<4|len(to)))
		for _, t := range to {
			out = binary.AppendUvarint(out, uint64(t))
		}
		last = r
	}
	return out
}

func packPinyin(m map[rune]ideograph) ([]string, []byte) {
	seen := map[string]int{}
	for _, h := range m {
		seen[h.pinyin] = 0 // numbered below, in order
	}
	var list []string
	for s := range seen {
		list = append(list, s)
	}
	slices.Sort(list)
	for i, s := range list {
		seen[s] = i + 1
	}
	out := make([]byte, 0, 2*(0x9FFF-0x4E00+1))
	for r := rune(0x4E00); r <= 0x9FFF; r++ {
		i := 0
		if h, ok := m[r]; ok {
			i = seen[h.pinyin]
		}
		out = binary.LittleEndian.AppendUint16(out, uint16(i))
	}
	return list, out
}

const notice = `// Code generated by internal/match/lexicon/gen; DO NOT EDIT.
//
// NOTICE: derived from Unicode data (%s).
// Copyright © 1991-2025 Unicode, Inc. All rights reserved. Distributed under
// the Terms of Use in https://www.unicode.org/copyright.html and the Unicode
// License V3, https://www.unicode.org/license.txt, which permit use with this
// attribution.

package lexicon

`

func write(path, version, name, doc string, data []byte) error {
	var b strings.Builder
	fmt.Fprintf(&b, notice, "UTS #39 confusables, version "+version+"; UAX #15 decompositions; CLDR transform Traditional-Simplified")
	fmt.Fprintf(&b, "// %s\n", doc)
	writeBlock(&b, name, data)
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

func writePinyin(path string, syllables []string, data []byte) error {
	var b strings.Builder
	fmt.Fprintf(&b, notice, "CLDR transform Han-Latin")
	fmt.Fprintf(&b, "// pinyinSyllables are the toneless readings that pinyinData points into, from 1.\nconst pinyinSyllables = `\n")
	for len(syllables) > 0 {
		n := min(16, len(syllables))
		b.WriteString(strings.Join(syllables[:n], " ") + "\n")
		syllables = syllables[n:]
	}
	b.WriteString("`\n\n// pinyinData has two bytes for each ideograph from U+4E00 to U+9FFF.\n")
	writeBlock(&b, "pinyinData", data)
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

func writeBlock(b *strings.Builder, name string, data []byte) {
	s := base64.StdEncoding.EncodeToString(data)
	fmt.Fprintf(b, "const %s = `\n", name)
	for len(s) > 0 {
		n := min(118, len(s))
		b.WriteString(s[:n] + "\n")
		s = s[n:]
	}
	b.WriteString("`\n")
}
