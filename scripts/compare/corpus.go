package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A tongue makes words and sentences of one language: everyday words of
// listings, and a long tail of rarer ones from its syllables.
type tongue struct {
	name      string
	everyday  []string
	syllables []string
	least     int // syllables of a word
	most      int
	gap       string
	rare      []string // by falling frequency
	zipf      *rand.Zipf
}

func tongues(r *rand.Rand) []*tongue {
	list := []*tongue{
		{name: "ko", gap: " ", least: 2, most: 4, everyday: strings.Fields(koWords), syllables: strings.Split(koSyllables, "")},
		{name: "en", gap: " ", least: 2, most: 4, everyday: strings.Fields(enWords), syllables: strings.Fields(enSyllables)},
		{name: "zh", gap: "", least: 2, most: 3, everyday: strings.Fields(zhWords), syllables: strings.Split(zhSyllables, "")},
		{name: "it", gap: " ", least: 2, most: 5, everyday: strings.Fields(itWords), syllables: strings.Fields(itSyllables)},
	}
	for _, t := range list {
		for range 20000 {
			t.rare = append(t.rare, t.coin(r, t.least, t.most))
		}
		t.zipf = rand.NewZipf(r, 1.05, 8, uint64(len(t.everyday)+len(t.rare)-1))
	}
	return list
}

// coin makes a word of the language's syllables; the first ones are commoner.
func (t *tongue) coin(r *rand.Rand, least, most int) string {
	var b strings.Builder
	for range least + r.IntN(most-least+1) {
		x := r.Float64()
		b.WriteString(t.syllables[int(x*x*float64(len(t.syllables)))])
	}
	return b.String()
}

func (t *tongue) word(r *rand.Rand) string {
	i := int(t.zipf.Uint64())
	if i < len(t.everyday) {
		return t.everyday[i]
	}
	return t.rare[i-len(t.everyday)]
}

// brands makes names with twenty spellings each, as a registry proposes them:
// registered in Latin, Hangul and Han, each with typos and variants.
func brands(r *rand.Rand, ts []*tongue, count int) []string {
	var out []string
	seen := map[string]bool{}
	add := func(s string) {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	for range count {
		latin := ts[1+2*r.IntN(2)].coin(r, 3, 5)
		hangul, han := ts[0].coin(r, 3, 6), ts[2].coin(r, 3, 5)
		add(latin)
		add(hangul)
		add(han)
		for range 8 {
			add(typo(r, latin, strings.Split("abcdefghiklmnoprstuvyz", "")))
		}
		for range 5 {
			add(typo(r, hangul, ts[0].syllables))
		}
		for range 4 {
			add(typo(r, han, ts[2].syllables))
		}
	}
	return out
}

// typo changes, drops, doubles or swaps one letter.
func typo(r *rand.Rand, s string, letters []string) string {
	l := strings.Split(s, "")
	i := r.IntN(len(l))
	switch r.IntN(4) {
	case 0:
		l[i] = letters[r.IntN(len(letters))]
	case 1:
		if len(l) > 3 {
			l[i] = ""
		} else {
			l[i] += letters[r.IntN(len(letters))]
		}
	case 2:
		l[i] += l[i]
	default:
		j := (i + 1) % len(l)
		l[i], l[j] = l[j], l[i]
	}
	return strings.Join(l, "")
}

// listings writes size bytes of listings, no two alike. share of them name one
// to three brands, a third of those disguised.
func listings(r *rand.Rand, ts []*tongue, names []string, size int, share float64) []string {
	var out []string
	for size > 0 {
		t := ts[r.IntN(len(ts))]
		words := t.sentence(r, 8+r.IntN(10))
		for range 2 + r.IntN(10) {
			words = append(words, t.sentence(r, 6+r.IntN(16))...)
		}
		if r.Float64() < share {
			for range 1 + r.IntN(3) {
				words[r.IntN(len(words))] = disguise(r, names[r.IntN(len(names))])
			}
		}
		text := strings.Join(words, t.gap)
		size -= len(text)
		out = append(out, text)
	}
	return out
}

func (t *tongue) sentence(r *rand.Rand, n int) []string {
	var out []string
	for range n {
		switch r.IntN(14) {
		case 0:
			out = append(out, fmt.Sprintf(" %d ", r.IntN(4000)))
		case 1:
			out = append(out, fmt.Sprintf("%c%c-%d", 'A'+r.IntN(26), 'A'+r.IntN(26), r.IntN(100000)))
		default:
			out = append(out, t.word(r))
		}
	}
	return append(out, ". ")
}

func disguise(r *rand.Rand, name string) string {
	l := strings.Split(name, "")
	switch r.IntN(9) {
	case 0:
		return strings.Join(l, " ")
	case 1:
		return strings.Join(l, "\u200b")
	case 2:
		l[r.IntN(len(l))] = "*"
		return strings.Join(l, "")
	default:
		return name
	}
}

const (
	koSyllables = "이가고스리다기아나라지시사도자로마트하어인한주니바대해그오비수제우드소부르전보일데상조정동모레에파장세성만미신선구치원크루의여발방플포타테디노유레카토피코너블매경화랑안실중강카네티남키초페생국양퍼서용무연월터공물점요배간버울속관당러거개결음두단후품입외교행문민위명차형복진분불머절회계림영통찬백군반호은산금질함철천손향추"
	koWords     = "여성 남성 가방 무료배송 데일리 신상 블랙 화이트 숄더백 크로스백 미니 운동화 패딩 가죽 소가죽 면 니트 자켓 코트 원피스 티셔츠 팬츠 청바지 시계 팔찌 목걸이 귀걸이 반지 지갑 벨트 모자 캡 양말 장갑 머플러 스카프 케이스 충전기 이어폰 텀블러 보온병 인형 쿠션 담요 이불 베개 조명 수납 주방 욕실 세트 선물 국내배송 당일발송 사이즈 색상 문의 교환 환불 상품 세일 특가 할인 정품 새상품 착용 사진 참고 소재 두께 길이 가로 세로 높이 무게 제조국 세탁 방법 주의 사항 고객 센터 평일 주말 주문 입금 확인 후 발송 예정 입니다 합니다 있는 있습니다 좋은 예쁜 가볍고 튼튼한 편안한 부드러운 고급스러운 심플한 넉넉한 수납공간 내부 외부 포켓 지퍼 스트랩 조절 가능 여행 출근 학교 캠핑 등산 골프 헬스 요가"
	enSyllables = "ar en ti ra lo ma ne co di el san ber to ri na le mo va ca se ro pa ta re li no per la vi te ler sta don ga mi ba son ber win ter gra fin lan cor bel mar ven tos chi sha ell ing ton ley ford ham wick stone brook field wood ex ion al um or is us an em im op tra pro con sub dex lux nov zen quo fla gli kra ple sti thr wen yor zul jun kor hex"
	enWords     = "the and with for in of to a is this your you we our from on new free black white size women men bag shoulder leather strap cotton jacket shoes running sneakers watch steel band bracelet necklace silver gold ring earrings wallet belt cap hat socks gloves scarf case cover phone charger cable headphones wireless bottle tumbler kids toy plush cushion pillow blanket lamp kitchen storage set gift box ships within two working days please allow measuring photos colours may differ slightly screen returns accepted thirty days condition material soft warm light durable waterproof adjustable pocket zip lining inside outside travel work school camping hiking golf gym yoga easy clean quality great perfect everyday classic modern vintage style design look feel fit length width height weight inch made order now stock limited sale offer price best seller customers love ask questions before buying thank store quick dispatch tracked delivery"
	zhSyllables = "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴岛罗尼奇克拉卡迪维娜丽诗兰蒂芬莱奥普雅曼萨雷巴波罗"
	zhWords     = "新款 女包 单肩包 斜挎包 真皮 现货 包邮 男士 女士 运动鞋 板鞋 羽绒服 外套 卫衣 短袖 裤子 手表 手链 项链 耳环 戒指 钱包 皮带 帽子 围巾 手机壳 充电器 耳机 保温杯 玩具 毛绒 抱枕 床品 台灯 厨房 收纳 套装 礼物 尺码 颜色 黑色 白色 春秋 冬季 加厚 保暖 透气 防水 轻便 耐磨 休闲 百搭 时尚 简约 大容量 内袋 拉链 可调节 旅行 通勤 上学 露营 健身 瑜伽 亲们 下单 当天 发货 七天 无理由 退换 客服 在线 咨询 实物 拍摄 色差 手工 测量 误差 面料 里料 洗涤 说明 产地 数量 有限 优惠 活动 收藏 店铺 关注 好评 老客户"
	itSyllables = "ta re la co ri no mo de lo ca ne ti to ra li se ma di pa na le va me te sa ni vi pe mi ro so bo ga fi do ce lu che gio sta tra gna glia zio ven ber car per san mar bel tor fer gra bri sca cio zza lle tto nna rre ppo ssi cco"
	itWords     = "di e il la per con in un una da del della nuovo nuova donna uomo borsa tracolla pelle vera spedizione gratuita nero bianco taglia scarpe ginnastica sneakers giacca piumino cappotto maglia felpa pantaloni jeans orologio acciaio bracciale collana argento oro anello orecchini portafoglio cintura cappello guanti sciarpa custodia telefono caricatore cuffie bottiglia termica bambini giocattolo peluche cuscino coperta lampada cucina set regalo confezione spedito entro due giorni lavorativi le foto possono differire leggermente colore reso accettato trenta giorni condizioni materiale morbido caldo leggero resistente impermeabile regolabile tasca cerniera fodera interno esterno viaggio lavoro scuola campeggio trekking palestra facile pulire ottima qualita perfetto ogni giorno classico moderno stile misura lunghezza larghezza altezza peso disponibile subito offerta prezzo grazie negozio domande prima acquisto"
)
