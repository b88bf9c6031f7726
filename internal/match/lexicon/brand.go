package lexicon

// A brand is a BrandInfo made ready for scoring.
type brand struct {
	info  BrandInfo
	goods goodsSet // kinds it makes
	class goodsSet // kinds of the same classes
}

func newBrand(info BrandInfo, v *vocabulary) *brand {
	b := &brand{info: info}
	k := newSkeletonizer()
	for _, g := range info.Goods {
		f := &fieldText{text: g}
		f.syms = append(f.syms, k.read(g, false)...)
		if len(f.syms) == 0 {
			continue
		}
		v.spot(f)
		for _, h := range f.hits {
			if t := v.terms[v.words[h.word].term]; t.role == roleGoods && !h.off {
				b.goods.add(t.goods)
			}
		}
	}
	b.class, _, _ = v.classes(b.goods)
	return b
}

// usualPrice returns the brand's usual price in a currency, 0 if unknown.
func (b *brand) usualPrice(currency string) float64 { return b.info.UsualPrice[currency] }
