package console

import (
	"fmt"
	"testing"

	"assay/internal/explain"
	"assay/internal/signal"
)

func TestLocalPath(t *testing.T) {
	for in, want := range map[string]string{"/queue?a=b": "/queue?a=b", "": "/", "//evil.example": "/", "https://evil.example/": "/", `/\evil.example`: "/",
		"javascript:alert(1)": "/", "/a\nb": "/", "queue": "/", "/%zz": "/"} {
		if got := localPath(in); got != want {
			t.Errorf("localPath(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCellsAreNoFormulas(t *testing.T) {
	for in, want := range map[string]string{"=1+1": "'=1+1", "@x": "'@x", "-3": "'-3", "plain": "plain", "": ""} {
		if got := cell(in); got != want {
			t.Errorf("cell(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestOutlinesStayNearThePicture(t *testing.T) {
	nan := 0.0
	nan /= nan
	got := explain.Polygon([]signal.Point{{X: 0.25, Y: 1}, {X: 1e12, Y: 1}, {X: nan, Y: 0}, {X: 0.25, Y: -1e12}})
	if want := "250.0,-500.0 250.0,1000.0 1500.0,1000.0 1500.0,-500.0"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestThumbsForgetTheOldest(t *testing.T) {
	c := newThumbs(nil)
	big := make([]byte, thumbBytes/4)
	for i := range 6 {
		c.keep(thumbKey{hash: fmt.Sprint(i)}, thumb{data: big})
	}
	if _, ok := c.cached(thumbKey{hash: "0"}); ok || c.size > thumbBytes {
		t.Errorf("the oldest is still there, %d bytes", c.size)
	}
	if _, ok := c.cached(thumbKey{hash: "5"}); !ok {
		t.Error("the newest is gone")
	}
}
