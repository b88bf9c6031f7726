package lexicon

// goodsFeatures compares what is sold with what the brand makes.
func (s *scorer) goodsFeatures(t *tally, b *brand) {
	v := s.l.vocab
	g := s.ctx.goods
	if g.empty() {
		t.add("goods_unknown", s.w.GoodsUnknown, "")
		return
	}
	var own, related, traded, foreign, media, part bool
	names := [6]string{}
	for i, k := range v.goods {
		if !g.has(i) {
			continue
		}
		switch {
		case b.goods.has(i):
			own, names[0] = true, k.kind
		case k.part:
			part, names[5] = true, k.kind
		case b.class.has(i):
			related, names[1] = true, k.kind
		case k.trade:
			traded, names[2] = true, k.kind
			related = related || b.goods.empty()
		case k.class == "media":
			media, names[4] = true, k.kind
		default:
			foreign, names[3] = true, k.kind
		}
	}
	switch {
	case own:
		t.add("goods_own", s.w.GoodsOwn, names[0])
	case related:
		t.add("goods_related", s.w.GoodsRelated, names[1])
	case traded:
		t.add("goods_traded", s.w.GoodsTraded, names[2])
	}
	if media {
		t.add("goods_media", s.w.GoodsMedia, names[4])
	}
	if foreign {
		w := s.w.GoodsForeign
		if own {
			w /= 2 // 바게트 숄더백: a passing word
		}
		t.add("goods_foreign", w, names[3])
	}
	if part {
		t.add("goods_part", s.w.GoodsPart, names[5])
	}

}
