"""Words and fonts of badges and advertising lines."""
import glob

HANGUL = ('오늘 내일 새벽 특급 무료 당일 산지 정품 공식 인증 안심 빠른 도착 배송 보장 직송 직배 세일 할인 신상 한정 예약 주문 매장 방문 수거 교환 환불 '
          '판매 기사 구매 고객 만족 우수 추천 인기 행사 선물 포장 냉장 신선 국내 해외 제조 명품 수제 원산지 농가 어린이 가족 여름 겨울 봄맞이 추석').split()
HANZI = ('次日 当天 极速 免费 官方 正品 认证 直供 海外 仓库 发货 包邮 保障 退换 新品 限时 清仓 预售 门店 自提 手作 匠心 品质 优选 热卖 推荐 旅行 必备 '
         '冷链 生鲜 产地 农家 亲子 夏日 冬季 礼品 包装 会员 专享 好评').split()
LATIN = ('Fast Free Next Day Same Fresh Local Direct Prime Gold Trusted Genuine Official Partner Verified Secure Eco Select Plus Express Choice '
         'Seller Store Pickup Return Easy Quality Tested Hand Made Daily Deal Season Gift Club Smart Value Home Garden Farm').split()
FONTS = {
    'ko': glob.glob('/usr/share/fonts/truetype/nanum/*.ttf') + glob.glob('/usr/share/fonts/truetype/baekmuk/*.ttf')
    + glob.glob('/usr/share/fonts/truetype/alee/*.ttf') + glob.glob('/usr/share/fonts/truetype/woowa-bm/*.ttf'),
    'zh': glob.glob('/usr/share/fonts/truetype/wqy/*.ttc') + glob.glob('/usr/share/fonts/opentype/noto/NotoS*CJK-B*.ttc')
    + glob.glob('/usr/share/fonts/truetype/lxgw-wenkai/*.ttf') + glob.glob('/usr/share/fonts/truetype/smiley-sans/*'),
    'la': [f for d in ('lato', 'open-sans', 'liberation', 'roboto', 'quicksand', 'comfortaa', 'play')
           for f in glob.glob(f'/usr/share/fonts/truetype/{d}/**/*.ttf', recursive=True)] + glob.glob('/usr/share/fonts/opentype/lobster/*'),
}

