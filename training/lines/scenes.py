"""Draws the pictures that the reading of sentences is measured on: scenes.py DATA OUT SEED KO ZH EN CLEAN [broken].

Fonts and photographs are those that training never sees (fonts.test, photo_files(test)). OUT gets pictures,
labels.jsonl and phrases.json as internal/match/ocr's TestSentences reads them. Registered are templates times invented
brands, so that the nearest other phrase is the same sentence with another brand; half of the clean pictures show a
registered sentence with a brand that is not registered. With "broken" sentences stand in two or three lines.
"""
import json, os, random, sys
import cv2, numpy as np
from PIL import Image, ImageDraw, ImageFont
import fonts, lines

SIDE = 800
BRANDS = {
    'ko': '누리솔 가람터 바른채 온새로 한빛결 도담원 마루별 새솔가 늘품정 해온뜰 단비로 예그린'.split(),
    'zh': '海澜青 福满芽 禾木堂 云杉记 锦棠坊 百果岩 天岚阁 小鹿谷'.split(),
    'en': 'Norvik Alderon Bluefinch Castoria Dunmore Everleaf Foxglen Harrowby'.split()}
OTHERS = {
    'ko': '나래온 다솔채 미리내 가온결 푸른길 한울터 솔비원 두루정 은가비 새벽숲'.split(),
    'zh': '青岚记 良木缘 东禾坊 和风谷 星宇阁 万棠堂'.split(),
    'en': 'Ironvale Juniper Marrow Larkhill Bluefield Castello Evermore Foxley'.split()}
TEMPLATES = {
    'ko': ['{}{이} 직접 수입했어요', '{} 본사에서 바로 보내드려요', '{} 공식 인증 판매점', '{}{이} 품질을 보증합니다', '{} 정식 수입 정품', '오직 {}에서만 만나요',
           '{} 단독 구성 상품', '{} 직영점에서 출고', '{} 새벽에 도착해요', '{} 홀로그램 스티커 부착', '{} 회원만 누리는 혜택', '믿고 사는 {} 정품관',
           '{} 안심 교환 약속', '{} 100% 정품 보장제', '국내 유일 {} 총판', '{} 빠른 도착 보장', '{} 특허받은 기술', '{} 오늘 주문 내일 도착'],
    'zh': ['{}官方授权正品', '{}品牌直营店', '{}厂家直接供货', '{}专柜同款保证', '{}自营极速送达', '{}假一赔十承诺', '{}国内总代理', '{}独家设计款式',
           '{}防伪标签可查', '{}会员专享优惠', '{}七天无理由退换', '{}匠心手工制作', '{}专利技术认证', '{}旗舰店同步发售'],
    'en': ['Imported directly by {}', '{} Official Partner Store', '{} Rocket Delivery', 'Authentic {} Guarantee', 'Sold and shipped by {}', '{} Certified Original',
           'Designed by {} Studio', '{} Next Day Arrival', 'Genuine {} Parts', '{} Patented Technology', '{} Factory Direct', 'Licensed by {} Korea',
           '{} Hologram Verified', 'Trusted {} Warranty']}
ORDINARY = {
    'ko': '무료배송 오늘 출발|당일 발송 특가|한정 수량 할인|정품 보장|국내 배송 최저가|인기 상품 모음전|리뷰가 많은 제품|빠른 배송 안전 포장|고급 소재 사용|여름 신상 반팔 티셔츠|'
          '1+1 반값 세일|베스트 추천 상품|공식 판매처|새벽에 도착하는 신선함|직접 수입한 원단|정식 수입 통관 완료|두 개 사면 하나 더|피부에 순한 성분|접이식 휴대용 우산|'
          '천연 가죽 수제화|국내산 100% 사용|교환 반품 7일 이내|해외 직구 상품|오늘만 이 가격|특허받은 구조|고객 만족도 1위|총판 도매 문의|빠른 도착 가능 지역'.split('|'),
    'zh': '全国包邮|新款上市|特价优惠|正品保证|厂家直销|加厚保暖|防水耐磨|买一送一|限时抢购|高品质面料|七天退换|送货上门|品牌折扣|官方推荐|热卖爆款'.split('|'),
    'en': 'FREE SHIPPING|NEW ARRIVAL|HOT SALE 50% OFF|Best Quality|Waterproof design|Fast delivery|Premium cotton|Official store|Buy 2 get 1|USB Type-C|Made in Korea|Next day delivery'.split('|')}
FONTS = {'ko': 'ko', 'zh': 'zh', 'en': 'latin', 'tw': 'zh', 'ja': 'zh', 'it': 'latin'}
# Languages that strips.py alone draws: traditional Chinese, Japanese, Italian.
MORE = {
    'tw': ('海瀾青 福滿芽 禾木堂 雲杉記 錦棠坊 百果岩'.split(), '青嵐記 良木緣 東禾坊 和風谷 星宇閣 萬棠堂'.split(),
           ['{}官方授權正品', '{}品牌直營店', '{}廠家直接供貨', '{}專櫃同款保證', '{}獨家設計款式', '{}防偽標籤可查', '{}會員專享優惠', '{}專利技術認證'],
           '全館免運|新品上市|特價優惠|正品保證|廠家直銷|加厚保暖|買一送一|限時搶購|七天鑑賞期|熱賣推薦'.split('|')),
    'ja': ('ハルノキ みずほ堂 さくら工房 ナギサ かえで屋 アオゾラ'.split(), 'ミナモ すみれ堂 もみじ工房 ユキノハ つばき屋 ホシゾラ'.split(),
           ['{}公式ストア限定', '{}直営店より発送', '{}が品質を保証します', '{}の正規輸入品', '{}認定オリジナル', '{}だけの特許技術', 'お届けは{}の翌日便で', '{}会員さま特典'],
           '送料無料|本日発送|期間限定セール|新商品入荷しました|人気ランキング1位|まとめ買いがお得|防水加工|ポイント2倍|在庫わずか|日本製コットン使用'.split('|')),
    'it': ('Norvik Alderon Castoria Dunmore Everleaf Foxglen'.split(), 'Ironvale Juniper Marrow Castello Evermore Foxley'.split(),
           ['Importato direttamente da {}', 'Rivenditore ufficiale {}', 'Qualità garantita {}', 'Spedito e venduto da {}', 'Originale certificato {}', 'Consegna veloce {}',
            'La tecnologia brevettata di {}', 'Così autentico: è {}'],
           'Spedizione gratuita|Novità della stagione|Saldi fino al 50%|Più comodità ogni giorno|Cotone di qualità|Prodotto in Italia|Paghi uno prendi due|Reso gratuito'.split('|'))}


def sentence(template, brand):
    coda = (ord(brand[-1]) - 0xAC00) % 28 if '{이}' in template else 0
    return template.replace('{이}', '이' if coda else '가').format(brand)


class Scene:
    def __init__(self, r, photos, faces, data):
        self.r, self.faces, self.data = r, faces, data
        if r.random() < .55:
            im = r.choice(photos)
            s = int(min(im.shape[:2]) * r.uniform(.7, 1))
            y, x = r.randint(0, im.shape[0] - s), r.randint(0, im.shape[1] - s)
            self.img = cv2.resize(im[y:y + s, x:x + s], (SIDE, SIDE), interpolation=cv2.INTER_CUBIC).astype(np.float32)
            pasted = 0
        else:
            self.img = np.empty((SIDE, SIDE, 3), np.float32)
            self.img[:] = [r.randint(190, 255) for _ in range(3)]
            pasted = r.randint(2, 5)
        for _ in range(pasted):
            im = r.choice(photos)
            k = r.uniform(.25, .7) * SIDE / max(im.shape[:2])
            im = cv2.resize(im, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
            h, w = im.shape[:2]
            x, y = r.randint(0, SIDE - w), r.randint(0, SIDE - h)
            self.img[y:y + h, x:x + w] = im
        self.taken, self.lines = [], []

    def font(self, lang, text):
        while True:
            f = self.r.choice(self.faces[FONTS[lang]])
            if all(c in fonts.covered(f, self.data) or c == ' ' for c in text):
                return f

    def write(self, rows, lang, px, plate, turn, skew, main):
        """Writes lines of text under each other as one block; False when there is no room."""
        r = self.r
        f = self.font(lang, ''.join(rows))
        big = ImageFont.truetype(f[0], 2 * px, index=f[1])
        boxes = [big.getbbox(t) for t in rows]
        step, pad = int(px * r.uniform(1.25, 1.6)), int(px * .5)
        w = max(b[2] - b[0] for b in boxes) // 2 + 2 * pad
        h = max(b[3] - b[1] for b in boxes) // 2 + 2 * pad + step * (len(rows) - 1)
        if w > SIDE - 20:
            return False
        place = self.room(w, h, turn, skew)
        if place is None:
            return False
        corners, area = place
        M = cv2.getPerspectiveTransform(np.float32([[0, 0], [w, 0], [w, h], [0, h]]), corners)
        ink, ground, outline = self.colours(area, plate)
        sheet = Image.new('RGBA', (2 * w, 2 * h), (ground or ink) + (0,))
        d = ImageDraw.Draw(sheet)
        if ground:
            d.rounded_rectangle([0, 0, 2 * w - 1, 2 * h - 1], r.choice([0, h, 12]), fill=ground + (255,))
        align = r.choice((0, .5))
        for n, (t, b) in enumerate(zip(rows, boxes)):
            x = 2 * pad + int(align * (2 * w - 4 * pad - (b[2] - b[0])))
            y = 2 * pad + 2 * step * n
            kw = dict(stroke_width=max(1, 2 * px // 14), stroke_fill=outline) if outline else {}
            d.text((x - b[0], y - min(q[1] for q in boxes)), t, font=big, fill=ink + (255,), **kw)
            top = y + b[1] - min(q[1] for q in boxes)
            quad = np.float32([[[x, top], [x + b[2] - b[0], top], [x + b[2] - b[0], top + b[3] - b[1]], [x, top + b[3] - b[1]]]]) / 2
            self.lines.append({'t': t, 'q': cv2.perspectiveTransform(quad, M)[0].round(1).tolist(), 'main': main})
        a = np.asarray(sheet).astype(np.float32)
        a[..., :3] *= a[..., 3:] / 255
        a = cv2.warpPerspective(cv2.resize(a, (w, h), interpolation=cv2.INTER_AREA), M, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
        self.img = self.img * (1 - a[..., 3:] / 255) + a[..., 2::-1]
        self.taken.append(area)
        return True

    def room(self, w, h, turn, skew):
        r = self.r
        for _ in range(40):
            a = np.deg2rad(r.uniform(-turn, turn))
            c = np.float32([[0, 0], [w, 0], [w, h], [0, h]]) - np.float32([w / 2, h / 2])
            c += np.float32([[r.uniform(-skew, skew) * w, r.uniform(-skew, skew) * h] for _ in range(4)])
            c = c @ np.float32([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
            c -= c.min(0)
            size = c.max(0)
            if max(size) > SIDE - 6:
                continue
            c = (c + [r.uniform(2, SIDE - 3 - size[0]), r.uniform(2, SIDE - 3 - size[1])]).astype(np.float32)
            area = (*c.min(0), *c.max(0))
            if all(area[2] < t[0] - 4 or area[0] > t[2] + 4 or area[3] < t[1] - 4 or area[1] > t[3] + 4 for t in self.taken):
                return c, area
        return None

    def colours(self, area, plate):
        """Ink, ground of a plate, outline; straight on the picture the contrast is left to chance."""
        r = self.r
        under = self.img[int(area[1]):int(area[3]) + 1, int(area[0]):int(area[2]) + 1].mean((0, 1)) @ [.114, .587, .299]
        dark, light = tuple(r.randint(0, 90) for _ in range(3)), tuple(r.randint(190, 255) for _ in range(3))
        if plate:
            return (dark, light, None) if r.random() < .5 else (light, dark, None)
        ink, other = (light, dark) if under < 128 else (dark, light)
        outlined = abs(under - 128) < 40 and r.random() < .5 or r.random() < .25
        return ink, None, other if outlined else None


def rows_of(r, text, broken):
    """The sentence in two or three lines, broken between words (Chinese anywhere)."""
    if not broken:
        return [text]
    parts = text.split(' ') if ' ' in text else list(text)
    n = min(len(parts), r.choice((2, 2, 3)))
    cuts = sorted(r.sample(range(1, len(parts)), n - 1))
    glue = ' ' if ' ' in text else ''
    return [glue.join(parts[a:b]) for a, b in zip([0] + cuts, cuts + [len(parts)])]


def main(data, out, seed, ko, zh, en, clean, broken=False):
    os.makedirs(out, exist_ok=True)
    r = random.Random(seed)
    photos = lines.Photos(lines.photo_files(data, True), 500, seed).all
    faces = fonts.test(data)
    phrases = [{'ID': f'{l}{i}', 'Text': sentence(t, b), 'lang': l} for l in BRANDS for i, (t, b) in enumerate((t, b) for t in TEMPLATES[l] for b in BRANDS[l])]
    json.dump(phrases, open(out + '/phrases.json', 'w'), ensure_ascii=False)
    jobs = [(l, px) for l, n in (('ko', ko), ('zh', zh), ('en', en)) for px in (12, 16, 20, 28, 40) for _ in range(n // 5)] + [('', 0)] * clean
    with open(out + '/labels.jsonl', 'w') as f:
        for n, (lang, px) in enumerate(jobs):
            while True:
                s = Scene(r, photos, faces, data)
                row = {'id': f'{n:04d}', 'file': f'{n:04d}.jpg', 'lang': lang, 'px': px, 'plate': r.random() < .6}
                l, size = lang or r.choice(('ko', 'ko', 'zh', 'en')), px or r.choice((12, 16, 20, 28, 40))
                text = None
                if lang:
                    p = r.choice([p for p in phrases if p['lang'] == lang])
                    row['phrase'], text = p['ID'], p['Text']
                elif r.random() < .7:  # the same sentence with another brand
                    text = sentence(r.choice(TEMPLATES[l]), r.choice(OTHERS[l]))
                    row['near'] = l
                if text and not s.write(rows_of(r, text, broken), l, size, row['plate'], 5, .025, 1 if lang else 0):
                    continue
                for _ in range(r.choice((0, 0, 1, 1, 2, 3))):
                    l = r.choice(('ko', 'ko', 'ko', 'zh', 'en'))
                    s.write([r.choice(ORDINARY[l])], l, r.randint(14, 46), r.random() < .6, r.choice((0, 3, 8)), .02, 0)
                break
            row['lines'] = s.lines
            cv2.imwrite(f"{out}/{row['file']}", s.img.clip(0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, r.randint(50, 80)])
            f.write(json.dumps(row, ensure_ascii=False) + '\n')


if __name__ == '__main__':
    a = sys.argv
    main(a[1], a[2], int(a[3]), *map(int, a[4:8]), broken=len(a) > 8)
