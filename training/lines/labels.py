"""What the network can say: labels.txt, one label a line, in the order of its outputs.

Line 0 is the blank of CTC. Hangul is spelt in jamo by position (onset U+1100.., vowel U+1161.., coda U+11A8..), so that
11,172 syllables need 67 labels. Letters and kana follow, then one label HAN ("any Hanzi"), and after it the Hanzi
themselves, which are a head of their own: P(c) = P(HAN) * P(c | HAN).
"""
import collections, os, unicodedata

HAN = '<han>'
ONSETS = [chr(0x1100 + i) for i in range(19)]
VOWELS = [chr(0x1161 + i) for i in range(21)]
CODAS = [chr(0x11A8 + i) for i in range(27)]
ASCII = list(" 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz%+!?.,~-:()/&'\"#@*=$[]")
MORE = list('₩¥€·…☆★♥→「」《》【】、。') + list('ÀÁÂÄÇÈÉÊÌÍÎÑÒÓÔÖÙÚÛÜßàáâäçèéêëìíîïñòóôöùúûü')
KANA = [chr(c) for c in range(0x3041, 0x3094)] + [chr(c) for c in range(0x30A1, 0x30F7)] + ['ー']
# Marks that look alike share one label.
SAME = {'，': ',', '！': '!', '？': '?', '：': ':', '；': ';', '（': '(', '）': ')', '％': '%', '＋': '+', '～': '~', ';': ':', '・': '·',
        '’': "'", '‘': "'", '“': '"', '”': '"', '–': '-', '—': '-', '－': '-', '／': '/', '＆': '&', '×': 'x', '￥': '¥', '〜': '~'}


def hanzi(words):
    """GB 2312 level 1, and what the lists of words use beyond it: traditional, rarer and Japanese letters."""
    level1 = [bytes([a, b]).decode('gb2312') for a in range(0xB0, 0xD8) for b in range(0xA1, 0xFF) if not (a == 0xD7 and b > 0xF9)]
    out, seen = list(level1), set(level1)
    for name, least in (('chi_sim', 2), ('chi_tra', 3), ('jpn', 3)):
        count = collections.Counter(c for w in open(os.path.join(words, name + '.txt'), encoding='utf8') for c in w if 0x4E00 <= ord(c) < 0xA000)
        for c, n in sorted(count.items(), key=lambda x: (-x[1], x[0])):
            if n >= least and c not in seen:
                seen.add(c)
                out.append(c)
    return out


class Labels:
    def __init__(self, names):
        self.names = names
        self.of = {s: i for i, s in enumerate(names) if i > 0}
        self.alphabet = self.of[HAN] + 1  # outputs of the first head; the rest is the second's

    @staticmethod
    def read(path):
        return Labels(open(path, encoding='utf8').read().split('\n')[:-1])

    def spell(self, text):
        """The labels of a text, or None when it has a letter that the network does not know."""
        out = []
        for ch in unicodedata.normalize('NFC', text):
            ch = SAME.get(ch, ch)
            n = ord(ch) - 0xAC00
            parts = [ch]
            if 0 <= n < 11172:
                parts = [ONSETS[n // 588], VOWELS[n % 588 // 28]] + ([CODAS[n % 28 - 1]] if n % 28 else [])
            for p in parts:
                if p not in self.of:
                    return None
                out.append(self.of[p])
        return out


if __name__ == '__main__':
    import sys
    names = ['<blank>'] + ONSETS + VOWELS + CODAS + ASCII + MORE + KANA + [HAN] + hanzi(sys.argv[1])
    assert len(set(names)) == len(names), [n for n, c in collections.Counter(names).items() if c > 1]
    with open('labels.txt', 'w', encoding='utf8') as f:
        f.write('\n'.join(names) + '\n')
    print(len(names), names.index(HAN) + 1)
