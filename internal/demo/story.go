package demo

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"

	"assay/internal/listing"
)

// scene is one listing of the story, with its pictures still to be drawn.
type scene struct {
	id, seller, title, text, brand, category, condition, lang string
	price                                                     int64 // minor units
	currency                                                  string
	pictures                                                  []func() []byte
}

func (s scene) row(hashes []string) listing.Row {
	o := listing.Offer{Title: s.title, Description: s.text, Brand: s.brand, Category: s.category, Condition: s.condition, Language: s.lang, Country: "KR",
		Price: &listing.Money{Minor: s.price, Currency: s.currency}}
	for _, h := range hashes {
		o.Pictures = append(o.Pictures, listing.Picture{Hash: h})
	}
	return listing.Row{ExternalID: s.id, SellerExternalID: s.seller, Offer: o}
}

// protectedPhotos are the brands' own photographs, by file name.
var protectedPhotos = map[string]func() *image.NRGBA{
	"veltrana-1.jpg": func() *image.NRGBA { return photograph("shoe", 101, color.NRGBA{178, 38, 52, 255}) },
	"veltrana-2.jpg": func() *image.NRGBA { return photograph("shoe", 102, color.NRGBA{36, 78, 132, 255}) },
	"veltrana-3.jpg": func() *image.NRGBA { return photograph("shoe", 103, color.NRGBA{238, 226, 200, 255}) },
	"oremonde-1.jpg": func() *image.NRGBA { return photograph("bag", 111, color.NRGBA{104, 62, 38, 255}) },
	"oremonde-2.jpg": func() *image.NRGBA { return photograph("bag", 112, color.NRGBA{34, 34, 40, 255}) },
	"muyu-1.jpg":     func() *image.NRGBA { return photograph("tin", 121, color.NRGBA{46, 92, 60, 255}) },
}

// assetFiles are all pictures of the bundle.
func assetFiles() map[string][]byte {
	files := map[string][]byte{"naru-badge.png": asPNG(naruBadge()), "veltrana-mark.png": asPNG(veltranaMark())}
	for name, draw := range protectedPhotos {
		files[name] = asJPEG(draw(), 92)
	}
	return files
}

// own is a photograph of the seller's own.
func own(kind string, seed uint64, quality int) func() []byte {
	return func() []byte { return asJPEG(ownPicture(kind, seed), quality) }
}

func ownPicture(kind string, seed uint64) *image.NRGBA {
	return photograph(kind, seed, hue(rand.New(rand.NewPCG(seed, 5)), .55, .5))
}

// taken is a brand's photograph after what a seller did to it.
func taken(name string, quality int, edits ...func(*image.NRGBA) *image.NRGBA) func() []byte {
	return func() []byte {
		p := protectedPhotos[name]()
		for _, e := range edits {
			p = e(p)
		}
		return asJPEG(p, quality)
	}
}

// collaged is a piece of a brand's photograph beside the seller's own.
func collaged(name string, seed uint64) func() []byte {
	return func() []byte {
		return asJPEG(withPiece(ownPicture("pouch", seed), crop(protectedPhotos[name](), .16, .1, .78, .62)), 82)
	}
}

func badged(kind string, seed uint64, share float64) func() []byte {
	return func() []byte { return asJPEG(withBadge(ownPicture(kind, seed), naruBadge(), share), 86) }
}

func sentenced(kind string, seed uint64, text string) func() []byte {
	return func() []byte { return asJPEG(withSentence(ownPicture(kind, seed), text), 86) }
}

func sale(p *image.NRGBA) *image.NRGBA    { return withFrame(p, "오늘만 특가 HOT") }
func closeUp(p *image.NRGBA) *image.NRGBA { return crop(p, .12, .1, .92, .9) }
func broken() []byte                      { return append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 400)...) }

// scenes is the story: what counterfeiters do, and what honest sellers do.
func scenes() []scene {
	won := func(s scene) scene { s.currency, s.lang = "KRW", "ko"; return s }
	pics := func(list ...func() []byte) []func() []byte { return list }
	return []scene{
		// A delivery badge pasted into a picture.
		won(scene{id: "s-001", seller: "stepup", title: "여성 데일리 숄더백 5컬러", text: "가볍고 튼튼한 데일리 가방입니다. 당일 출고.", category: "패션 > 가방", price: 29900, pictures: pics(badged("tote", 301, .34), own("pouch", 302, 85))}),
		won(scene{id: "s-002", seller: "stepup", title: "스테인리스 보온병 500ml", text: "하루 종일 따뜻하게.", category: "주방 > 보온병", price: 15900, pictures: pics(badged("bottle", 303, .26))}),
		// A sentence that claims direct import.
		won(scene{id: "s-003", seller: "stepup", title: "프랑스 직구 향수 50ml", text: "나루가 직접 수입했어요! 믿고 구매하세요. 정품 보장.", category: "뷰티 > 향수", price: 39000, pictures: pics(sentenced("bottle", 304, "나루가 직접 수입했어요"))}),
		won(scene{id: "s-004", seller: "nightmarket", title: "무선 데스크 램프", text: "나루배송 공식 입점 상품입니다. 빠른 배송.", category: "가전 > 조명", price: 22000, pictures: pics(own("lamp", 305, 84))}),
		// Stolen photographs: recompressed, mirrored, framed, cropped.
		won(scene{id: "s-005", seller: "stepup", title: "남녀공용 런닝화 윙 디자인", text: "해외 공장 직송. 사이즈 교환 가능.", category: "패션 > 신발", price: 39900, pictures: pics(taken("veltrana-1.jpg", 38))}),
		won(scene{id: "s-006", seller: "stepup", title: "쿠션 운동화 가벼운 워킹화", text: "푹신한 쿠션.", category: "패션 > 신발", price: 35900, pictures: pics(taken("veltrana-2.jpg", 70, mirror))}),
		won(scene{id: "s-007", seller: "stepup", title: "인기 스니커즈 특가", text: "재입고 완료.", category: "패션 > 신발", price: 42900, pictures: pics(taken("veltrana-3.jpg", 76, sale), own("boot", 306, 82))}),
		{id: "s-008", seller: "nightmarket", title: "Evening handbag, soft leather", text: "Elegant bag for every occasion. Ships in 24 hours.", category: "Fashion > Bags", price: 4990, currency: "USD", lang: "en", pictures: pics(taken("oremonde-2.jpg", 68, closeUp))},
		{id: "s-009", seller: "lume", title: "Borsa a mano in pelle", text: "Pelle morbida, cuciture a mano.", category: "Moda > Borse", price: 8900, currency: "EUR", lang: "it", pictures: pics(taken("oremonde-1.jpg", 60, mirror, sale))},
		// Misspelt and disguised names.
		won(scene{id: "s-010", seller: "stepup", title: "오 르 몽 드 st 미러급 토트백", text: "정품급 퀄리티, 로고 가림 발송.", category: "패션 > 가방", price: 89000, pictures: pics(own("tote", 307, 83))}),
		won(scene{id: "s-011", seller: "stepup", title: "V3ltrana 레플리카 운동화", text: "SA급. 박스 포함.", category: "패션 > 신발", price: 59000, pictures: pics(own("boot", 308, 83))}),
		won(scene{id: "s-012", seller: "stepup", title: "벨ㅌㅡ라나 런닝화 1:1", text: "매장 동일 공장.", category: "패션 > 신발", price: 64000, pictures: pics(own("boot", 309, 83))}),
		{id: "s-013", seller: "nightmarket", title: "Ｏｒｅｍｏｎｄｅ style bag AAA mirror quality", text: "Same factory, no logo on pictures, contact for more.", category: "Fashion > Bags", price: 7900, currency: "USD", lang: "en", pictures: pics(own("pouch", 310, 80))},
		{id: "s-014", seller: "chaxiang", title: "欧 蒙 德 高仿 手提包 A货", text: "一比一复刻，顶级做工。", category: "服饰 > 箱包", price: 46800, currency: "CNY", lang: "zh", pictures: pics(own("tote", 311, 82))},
		{id: "s-015", seller: "lume", title: "Scarpe V*ltrana replica, pari all'originale", text: "Primissima copia, spedizione gratuita.", category: "Moda > Scarpe", price: 5900, currency: "EUR", lang: "it", pictures: pics(own("boot", 312, 82))},
		// An expired licence.
		{id: "s-016", seller: "chaxiang", title: "木屿茶 明前龙井 礼盒 250g", text: "官方授权正品，新茶上市。", brand: "木屿茶", category: "食品 > 茶叶", price: 25800, currency: "CNY", lang: "zh", pictures: pics(taken("muyu-1.jpg", 88))},
		// The authorised reseller, who must pass.
		won(scene{id: "s-017", seller: "seoul-select", title: "Oremonde 오르몽드 리바주 토트백 브라운", text: "공식 수입 정품. 보증서 포함.", brand: "Oremonde", category: "패션 > 가방", price: 2390000, pictures: pics(taken("oremonde-1.jpg", 90))}),
		won(scene{id: "s-018", seller: "seoul-select", title: "Veltrana 벨트라나 알라 러닝화", text: "국내 공식 판매처.", brand: "Veltrana", category: "패션 > 신발", price: 189000, pictures: pics(taken("veltrana-1.jpg", 90))}),
		won(scene{id: "s-019", seller: "seoul-select", title: "데일리 캔버스 캡", text: "나루배송 공식 입점 상품", category: "패션 > 모자", price: 21000, pictures: pics(badged("cap", 313, .3))}),
		// Accessories, second hand, other meanings: honest, must pass.
		{id: "s-020", seller: "brightcase", title: "Replacement laces compatible with Veltrana Ala", text: "Fits Veltrana Ala and Vento running shoes. Not made or endorsed by Veltrana.", category: "Fashion > Shoe accessories", price: 690, currency: "USD", lang: "en", pictures: pics(own("case", 314, 85))},
		won(scene{id: "s-021", seller: "golmok", title: "오르몽드 리바주 호환 이너백 (가방 미포함)", text: "오르몽드 가방에 맞는 이너백입니다. 본 상품은 해당 브랜드 제품이 아닙니다.", category: "패션 > 가방 액세서리", price: 18900, pictures: pics(own("tote", 315, 85))}),
		won(scene{id: "s-022", seller: "second-closet", title: "[중고] 오르몽드 룬 숄더백 정품, 구매 영수증·보증서 있음", text: "2년 사용, 모서리 사용감 있습니다. 실물 사진입니다.", category: "패션 > 중고 가방", condition: "used", price: 1150000, pictures: pics(own("pouch", 316, 85))}),
		won(scene{id: "s-023", seller: "golmok", title: "욕실 미러 LED 거울 600mm", text: "김서림 방지.", category: "가구 > 거울", price: 54900, pictures: pics(own("lamp", 317, 85))}),
		// A picture that nobody can open: a case for a person.
		won(scene{id: "s-024", seller: "golmok", title: "핸드메이드 머그컵", text: "도자기 머그.", category: "주방 > 컵", price: 14000, pictures: pics(broken, own("mug", 318, 85))}),
		// Only the upper part of a brand's photograph, in a seller's collage.
		won(scene{id: "s-025", seller: "nightmarket", title: "가죽 숄더백 & 파우치 2종 세트", text: "두 가지 모두 드립니다. 색상 선택 가능.", category: "패션 > 가방", price: 34900, pictures: pics(collaged("oremonde-1.jpg", 319))}),
	}
}

// ordinary are the everyday listings around the story, in four languages.
func ordinary(n int) []scene {
	rng := rand.New(rand.NewPCG(11, 11))
	out := make([]scene, n)
	for i := range out {
		w := everyday[i%len(everyday)]
		k := w.goods[rng.IntN(len(w.goods))]
		adjective := w.adjectives[rng.IntN(len(w.adjectives))]
		out[i] = scene{id: fmt.Sprintf("o-%03d", i+1), seller: w.seller, lang: w.lang, currency: w.currency, category: w.category[k],
			title: fmt.Sprintf(w.pattern, adjective, w.names[k], 10+rng.IntN(80)), text: w.texts[rng.IntN(len(w.texts))],
			price: w.low + rng.Int64N(w.low*3), pictures: []func() []byte{own(k, uint64(1000+i/2), 80+rng.IntN(12))}}
	}
	return out
}

// shelf is one shop's everyday stock.
type shelf struct {
	seller, lang, currency, pattern string
	goods, adjectives, texts        []string
	names, category                 map[string]string
	low                             int64
}

var everyday = []shelf{
	{seller: "golmok", lang: "ko", currency: "KRW", pattern: "%s %s %d번", low: 9900, goods: []string{"mug", "lamp", "bottle", "cap", "plant"},
		adjectives: []string{"감성", "모던", "빈티지", "휴대용", "선물용", "대용량", "초경량"},
		names:      map[string]string{"mug": "머그컵", "lamp": "스탠드 조명", "bottle": "유리 물병", "cap": "볼캡", "plant": "조화 화분"},
		category:   map[string]string{"mug": "주방 > 컵", "lamp": "가전 > 조명", "bottle": "주방 > 물병", "cap": "패션 > 모자", "plant": "가구 > 장식"},
		texts:      []string{"꼼꼼하게 포장하여 보내 드립니다.", "색상은 모니터에 따라 다를 수 있습니다.", "국내에서 디자인하고 제작했습니다."}},
	{seller: "lume", lang: "it", currency: "EUR", pattern: "%[2]s %[1]s, modello %[3]d", low: 1490, goods: []string{"lamp", "mug", "tote", "chair"},
		adjectives: []string{"artigianale", "da viaggio", "in stile nordico", "per la casa", "fatta a mano"},
		names:      map[string]string{"lamp": "Lampada da tavolo", "mug": "Tazza in ceramica", "tote": "Borsa in tela", "chair": "Sedia in legno"},
		category:   map[string]string{"lamp": "Casa > Illuminazione", "mug": "Cucina > Tazze", "tote": "Moda > Borse", "chair": "Casa > Sedie"},
		texts:      []string{"Spedizione in 48 ore.", "Prodotto e confezionato in Italia.", "Reso gratuito entro 14 giorni."}},
	{seller: "brightcase", lang: "en", currency: "USD", pattern: "%s %s, design %d", low: 990, goods: []string{"case", "cap", "watch", "glasses"},
		adjectives: []string{"Slim", "Shockproof", "Matte", "Everyday", "Recycled"},
		names:      map[string]string{"case": "phone case", "cap": "baseball cap", "watch": "wrist watch with silicone strap", "glasses": "reading glasses"},
		category:   map[string]string{"case": "Electronics > Phone cases", "cap": "Fashion > Hats", "watch": "Fashion > Watches", "glasses": "Fashion > Eyewear"},
		texts:      []string{"Designed in our own studio.", "Ships within two days.", "Thirty days to change your mind."}},
	{seller: "chaxiang", lang: "zh", currency: "CNY", pattern: "%s%s %d号", low: 3900, goods: []string{"plant", "mug", "bottle"},
		adjectives: []string{"手工", "家用", "便携", "复古", "简约"},
		names:      map[string]string{"plant": "绿植盆栽", "mug": "陶瓷杯", "bottle": "玻璃水瓶"},
		category:   map[string]string{"plant": "家居 > 绿植", "mug": "家居 > 杯具", "bottle": "家居 > 水具"},
		texts:      []string{"包装严实，支持七天无理由退货。", "实物拍摄，所见即所得。", "自有工厂生产。"}},
	{seller: "second-closet", lang: "ko", currency: "KRW", pattern: "[중고] %s %s %d", low: 12000, goods: []string{"tote", "boot", "watch", "cap"},
		adjectives: []string{"깨끗한", "한 번 사용한", "상태 좋은", "오래된"},
		names:      map[string]string{"tote": "천 가방", "boot": "부츠", "watch": "손목시계", "cap": "모자"},
		category:   map[string]string{"tote": "패션 > 중고 가방", "boot": "패션 > 중고 신발", "watch": "패션 > 중고 시계", "cap": "패션 > 중고 모자"},
		texts:      []string{"실물 사진입니다.", "직거래 가능합니다.", "사용감 조금 있습니다."}},
}
