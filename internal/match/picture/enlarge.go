package picture

import "image"

// tap is where an enlarged row or column lies between two of the original:
// at, at+step with weight/256 of the latter.
type tap struct{ at, step, weight int }

// taps places m cells over n, centre on centre.
func taps(n, m int) []tap {
	out := make([]tap, m)
	for i := range out {
		// centre of cell i in 1/256 of a source cell, from the first centre
		pos := ((2*i+1)*n*128)/m - 128
		pos = min(max(pos, 0), (n-1)*256)
		out[i] = tap{at: pos >> 8, weight: pos & 255}
		if out[i].weight > 0 {
			out[i].step = 1
		}
	}
	return out
}

// enlarge interpolates p linearly to w x h, neither side smaller than p's.
func enlarge(p *image.NRGBA, w, h int) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	cols, rows := taps(p.Rect.Dx(), w), taps(p.Rect.Dy(), h)
	for y, v := range rows {
		top := p.Pix[v.at*p.Stride:]
		bottom := p.Pix[(v.at+v.step)*p.Stride:]
		dst := out.Pix[y*out.Stride:][:4*w]
		for x, u := range cols {
			a, b := 4*u.at, 4*(u.at+u.step)
			mix4(dst[4*x:][:4:4], u.weight, v.weight, top[a:a+4], top[b:b+4], bottom[a:a+4], bottom[b:b+4])
		}
	}
	return out
}

// mix4 interpolates between four pixels in premultiplied colour.
func mix4(dst []byte, u, v int, p00, p10, p01, p11 []byte) {
	w00, w10, w01, w11 := (256-u)*(256-v), u*(256-v), (256-u)*v, u*v
	w00, w10, w01, w11 = w00*int(p00[3]), w10*int(p10[3]), w01*int(p01[3]), w11*int(p11[3])
	alpha := w00 + w10 + w01 + w11
	if alpha == 0 {
		return
	}
	for c := range 3 {
		dst[c] = uint8((int(p00[c])*w00 + int(p10[c])*w10 + int(p01[c])*w01 + int(p11[c])*w11 + alpha/2) / alpha)
	}
	dst[3] = uint8((alpha + 1<<15) >> 16)
}
