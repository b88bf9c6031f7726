package console

import (
	"net/http"
	"strconv"
	"strings"

	"assay/internal/fault"
)

// widths are the sizes pictures are made in. A free choice would let a
// stranger fill the cache.
var widths = []int{96, 320, 640, 1280}

// picture serves a stored picture, decoded and written anew: bytes that came
// from outside never reach a browser as they are.
func (c *Console) picture(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	asked, _ := strconv.Atoi(q.Get("w"))
	width := widths[len(widths)-1]
	for i := len(widths) - 1; i >= 0; i-- {
		if asked > 0 && asked <= widths[i] {
			width = widths[i]
		}
	}
	frame, _ := strconv.Atoi(q.Get("frame"))
	key := thumbKey{"sha256:" + strings.TrimPrefix(r.PathValue("hash"), "sha256:"), width, max(0, min(frame, 63))}
	t, err := c.thumbs.get(r.Context(), key)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		return c.noPicture(w)
	}
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", t.contentType)
	h.Set("Content-Length", strconv.Itoa(len(t.data)))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(t.data)
	return nil
}

// noPicture answers with a sign that says that there is nothing to see.
func (c *Console) noPicture(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "image/svg+xml")
	w.WriteHeader(http.StatusNotFound)
	_, err := w.Write(c.static.files["no-picture.svg"])
	return err
}

// pictureURL is the address of a stored picture at a width.
func pictureURL(hash string, width int) string {
	hexa, ok := strings.CutPrefix(hash, "sha256:")
	if !ok {
		return ""
	}
	return "/pictures/" + hexa + "?w=" + strconv.Itoa(width)
}
