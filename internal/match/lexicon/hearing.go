package lexicon

// sound probes the sound key of n symbols from start.
func (p *prober) sound(start, n int, kind script) {
	key := p.key[:0]
	switch kind {
	case scriptHangul:
		var buf [maxNear + 4]uint16
		for i := range n {
			buf[i] = p.f.syms[start+i].base
		}
		key = hangulSound(key, buf[:n])
	case scriptLatin:
		var buf [maxNear + 4]uint16
		for i := range n {
			buf[i] = p.f.syms[start+i].base
		}
		key = latinSound(key, buf[:n])
	case scriptHan:
		for i := range n {
			c := hanSound(p.f.syms[start+i].base)
			key = append(key, byte(c), byte(c>>8))
		}
	}
	p.key = key
	if len(key) < 3 {
		return
	}
	p.near.probe(soundHash(kind, key), func(id int32) { p.heard(id, start, n, kind) })
}

// heard verifies a sound: the keys agree, the lengths are near.
func (p *prober) heard(id int32, start, n int, kind script) {
	want := p.ly.symbolsOf(&p.ly.patterns[id])
	if d := len(want) - n; d > 4 || d < -3 {
		return
	}
	var buf [256]byte
	key, k := soundKey(buf[:0], want)
	if k != kind || string(key) != string(p.key) {
		return
	}
	sim := 0.85
	if len(want) >= 7 || kind == scriptHan && len(want) >= 3 {
		sim = 0.9
	}
	p.found(id, start, start+n-1, bySound, sim)
}
