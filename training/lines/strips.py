"""Draws single lines with fonts and photographs of the test, to count wrong sentences: strips.py DATA OUT SEED N [more].

Of N lines a third are registered phrases (those of scenes.py), a third the same sentences with brands that are not
registered, a third ordinary advertising; each is drawn and boxed as for training. With "more" they are traditional Chinese,
Japanese and Italian instead of Korean, Chinese and English. OUT gets strips.jsonl, a line each: width, pixels (base64), text,
phrase (its ID, or none), kind; and phrases.json.
"""
import base64, json, os, random, sys
import lines
from scenes import BRANDS, FONTS, MORE, ORDINARY, OTHERS, TEMPLATES, sentence


def main(data, out, seed, count, more=False):
    os.makedirs(out, exist_ok=True)
    brands, others, templates, ordinary = BRANDS, OTHERS, TEMPLATES, ORDINARY
    if more:
        brands, others, templates, ordinary = [{l: m[i] for l, m in MORE.items()} for i in range(4)]
    r = random.Random(seed)
    d = lines.Drawer(data, seed, test=True, photos=300)
    phrases = [{'ID': f'{l}{i}', 'Text': sentence(t, b), 'lang': l} for l in brands for i, (t, b) in enumerate((t, b) for t in templates[l] for b in brands[l])]
    json.dump(phrases, open(out + '/phrases.json', 'w'), ensure_ascii=False)
    with open(out + '/strips.jsonl', 'w') as f:
        n = 0
        while n < count:
            lang, kind = r.choice(list(brands) if more else ('ko', 'ko', 'zh', 'en')), ('phrase', 'other brand', 'ordinary')[n % 3]
            row = {'kind': kind, 'lang': lang}
            if kind == 'phrase':
                p = r.choice([p for p in phrases if p['lang'] == lang])
                row['phrase'], row['text'] = p['ID'], p['Text']
            elif kind == 'other brand':
                row['text'] = sentence(r.choice(templates[lang]), r.choice(others[lang]))
            else:
                row['text'] = r.choice(ordinary[lang])
            x = d.line(r, FONTS[lang], row['text'])
            if x is None:
                continue
            row['width'], row['pixels'] = x[0].shape[1], base64.b64encode(x[0].tobytes()).decode()
            f.write(json.dumps(row, ensure_ascii=False) + '\n')
            n += 1


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), more=len(sys.argv) > 5)
