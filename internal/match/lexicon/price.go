package lexicon

// priceFeatures compares the price with the brand's usual one, which says
// something only about new goods of a kind the brand makes.
func (s *scorer) priceFeatures(t *tally, b *brand) {
	if t.has("second_hand", "condition_used", "nominative_repair", "nominative_story", "compatible_with", "compatible_before", "compatible_after", "goods_media", "goods_foreign", "goods_part") || !t.has("goods_own", "goods_related") && len(s.ctx.claims) == 0 {
		return
	}
	usual := b.usualPrice(s.doc.Currency)
	if usual <= 0 || s.doc.Price <= 0 {
		return
	}
	switch r := s.doc.Price / usual; {
	case r < 0.25:
		t.add("price_tiny", s.w.PriceTiny, "")
	case r < 0.6:
		t.add("price_low", s.w.PriceLow, "")
	}
}
