package notice

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseLines(t *testing.T) {
	for text, want := range map[string]string{
		"A-1\nA-2\r\n\r\nA-3":                          "A-1 A-2 A-3",
		"A-1, A-2; A-3 | A-4，A-5":                      "A-1 A-2 A-3 A-4 A-5",
		"1) https://shop.example/item/77\n2) B-9":      "https://shop.example/item/77(77) B-9",
		"- <https://shop.example/item/77>.\n• \"C-3\"": "https://shop.example/item/77(77) C-3",
		"123, 456\n789 abc":                            "123 456 789 abc",
		"12 https://shop.example/p?id=9&x=red":         "https://shop.example/p?id=9&x=red(9)",
		"www.shop.example/goods/12-blue.html":          "www.shop.example/goods/12-blue.html(12-blue)",
		"see http://\nhttps://[::1\nA-1":               "see http://!bad_address https://[::1!bad_address A-1",
		"ftp://shop.example/1 A-1":                     "ftp://shop.example/1!bad_address A-1",
		"\u3000상품번호:\u3000K-1":                         "상품번호: K-1",
		"":                                             "",
	} {
		lines, more := ParseLines(text)
		var got []string
		for _, l := range lines {
			s := l.Raw
			if l.Key != "" {
				s += "(" + strings.Join(l.Names, ",") + ")"
			}
			if l.Problem != "" {
				s += "!" + l.Problem
			}
			got = append(got, s)
		}
		if strings.Join(got, " ") != want || more != 0 {
			t.Errorf("%q:\n got %q\nwant %q", text, strings.Join(got, " "), want)
		}
	}
}

func TestALongListIsCut(t *testing.T) {
	lines, more := ParseLines(strings.Repeat("A-1\n", MaxLines+7))
	if len(lines) != MaxLines || more != 7 || lines[999].N != 1000 {
		t.Errorf("%d lines, %d more", len(lines), more)
	}
	lines, _ = ParseLines(strings.Repeat("x", maxLine+1) + "\nA-2")
	if len(lines) != 2 || lines[0].Problem != LineTooLong || lines[1].Problem != "" {
		t.Errorf("%+v", lines[1])
	}
}

// A list in the form that it was read to reads the same.
func FuzzParseLines(f *testing.F) {
	for _, s := range []string{"1) https://shop.example/a?id=3#x, B-2", "<www.x.example>; \"ㄱ-1\"", "https://%zz", strings.Repeat("-", 50)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines, more := ParseLines(text)
		if len(lines) > MaxLines || more < 0 || more > 0 && len(lines) < MaxLines {
			t.Fatal(len(lines), more)
		}
		for i, l := range lines {
			if l.N != i+1 || l.Raw == "" || len(l.Raw) > maxLine || !utf8.ValidString(l.Raw) || len(l.Names) > 8 {
				t.Fatalf("%+v", l)
			}
			if (l.Problem == "") == (len(l.Names) == 0 && l.Key == "") {
				t.Fatalf("line names nothing and has no problem: %+v", l)
			}
		}
		if more == 0 && len(text) < maxText/2 {
			var b strings.Builder
			for _, l := range lines {
				fmt.Fprintln(&b, l.Raw)
			}
			if again, _ := ParseLines(b.String()); len(again) > len(lines) {
				t.Fatalf("%q gives %d lines, their text %d", text, len(lines), len(again))
			}
		}
	})
}
