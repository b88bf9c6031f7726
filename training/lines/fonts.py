"""The fonts of training and those kept for the test. Nothing of a test font, at any weight, is ever trained on."""
import functools, glob, os, pickle

T, O = '/usr/share/fonts/truetype/', '/usr/share/fonts/opentype/'


def npm(data, family, subset, weights='*'):
    return sorted(p for w in weights.split() for p in glob.glob(f'{data}/npm/node_modules/@fontsource/{family}/files/{family}-{subset}-{w}-normal.woff'))


def files(*patterns):
    return sorted(p for x in patterns for p in glob.glob(x))


def noto(indexes, weights='Thin Light DemiLight Regular Medium Bold Black ExtraLight SemiBold'):
    return [(p, i) for i in indexes for w in weights.split() for k in ('Sans', 'Serif')
            for p in files(f'{O}noto/Noto{k}CJK-{w}.ttc') if not (k == 'Sans' and w == 'Thin')]


def single(paths):
    return [(p, 0) for p in paths]


def train(data):
    """Font files (with index in the file) by the kind of text they are drawn for."""
    alee = files(T + 'alee/Ban*.ttf', T + 'alee/Eunjin.ttf', T + 'alee/Guseul.ttf')
    nanum = [p for p in files(T + 'nanum/*.ttf') if not any(x in p for x in ('Yet', 'Eco', 'Brush', 'Pen.'))]
    woowa = [p for p in files(T + 'woowa-bm/*.ttf') if 'DOHYEON' not in p and 'JUA' not in p and '10years' not in p]
    ko = noto([1]) + single(nanum) * 2 + single(alee + woowa + files(T + 'baekmuk/*.ttf', T + 'naver-d2coding/*.ttc')) + single(
        npm(data, 'gothic-a1', 'korean', '300 400 500 600 700 800 900') * 2 + npm(data, 'poor-story', 'korean') * 2 + npm(data, 'gaegu', 'korean', '700') +
        npm(data, 'hahmlet', 'korean') + npm(data, 'nanum-pen-script', 'korean'))
    zh = noto([2]) * 2 + noto([2], 'Regular Medium Bold Black') * 2 + noto([0, 3]) + single(
        files(T + 'lxgw-wenkai/LXGWWenKai-*.ttf') * 3 + (npm(data, 'zcool-qingke-huangyou', 'chinese-simplified') + npm(data, 'zcool-kuaile', 'chinese-simplified')) * 5 +
        npm(data, 'ma-shan-zheng', 'chinese-simplified') * 2)
    ja = noto([0]) + single(npm(data, 'dela-gothic-one', 'japanese') + npm(data, 'line-seed-jp', 'japanese') + files(T + 'klee/*.ttf', T + 'reggae/*.ttf'))
    latin = [p for f in ('anton', 'archivo-black', 'barlow-condensed', 'bebas-neue', 'dancing-script', 'merriweather', 'montserrat', 'nunito', 'oswald', 'pacifico',
                         'playfair-display', 'poppins', 'raleway', 'rubik') for p in npm(data, f, 'latin')]
    latin += files(O + 'inter/Inter-*.otf', T + 'vollkorn/*.ttf', O + 'ebgaramond/EBGaramond12-*.otf', O + 'roboto/slab/*.otf', T + 'quicksand/*.ttf',
                   T + 'comfortaa/*.ttf', T + 'play/*.ttf', O + 'league-spartan/*.otf', O + 'lobster/*.otf')
    return {'ko': ko, 'zh': zh, 'ja': ja, 'latin': single(latin) + noto([1, 2]) + single(nanum)}


def test(data):
    ko = files(T + 'woowa-bm/BMDOHYEON*.ttf', T + 'woowa-bm/BMJUA*.ttf') + [f'{data}/npm/node_modules/pretendard/dist/public/static/Pretendard-{w}.otf' for w in ('Regular', 'SemiBold', 'ExtraBold')]
    for f in ('black-han-sans', 'gugi', 'sunflower', 'gowun-batang'):
        ko += npm(data, f, 'korean')
    ko += npm(data, 'ibm-plex-sans-kr', 'korean', '400 700')
    zh = files(T + 'wqy/wqy-microhei.ttc', T + 'wqy/wqy-zenhei.ttc', T + 'smiley-sans/*.ttf') + npm(data, 'zcool-xiaowei', 'chinese-simplified')
    latin = files(T + 'open-sans/OpenSans-Bold.ttf', T + 'open-sans/OpenSans-Regular.ttf', T + 'roboto/unhinted/RobotoTTF/Roboto-Regular.ttf',
                  T + 'roboto/unhinted/RobotoTTF/Roboto-Bold.ttf', T + 'lato/Lato-Heavy.ttf', T + 'liberation/LiberationSans-Bold.ttf',
                  T + 'liberation/LiberationSerif-Bold.ttf', T + 'dejavu/DejaVuSans-Bold.ttf')
    return {'ko': single(ko), 'zh': single(zh), 'latin': single(latin)}


@functools.lru_cache(None)
def _all_covered(cache):
    return pickle.load(open(cache, 'rb')) if os.path.exists(cache) else {}


def covered(font, data):
    """The letters that a font draws."""
    known = _all_covered(data + '/covered.pickle')
    if font not in known:
        from fontTools.ttLib import TTCollection, TTFont
        f = TTCollection(font[0], lazy=True).fonts[font[1]] if font[0].endswith('.ttc') else TTFont(font[0], lazy=True)
        known[font] = frozenset(map(chr, f.getBestCmap()))
        pickle.dump(known, open(data + '/covered.pickle', 'wb'))
    return known[font]


if __name__ == '__main__':
    import sys
    a, b = train(sys.argv[1]), test(sys.argv[1])
    for k in a:
        print(k, len(a[k]), len(set(a[k])), 'test', len(b.get(k, [])))
    assert not {x[0] for v in a.values() for x in v} & {x[0] for v in b.values() for x in v}
    for x in sorted({x for v in [*a.values(), *b.values()] for x in v}):
        covered(x, sys.argv[1])
