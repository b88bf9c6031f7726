"""Draws single lines with fonts and photographs of the test, to count wrong sentences: strips.py DATA OUT SEED N.

Of N lines a third are registered phrases (those of scenes.py), a third the same sentences with brands that are not
registered, a third ordinary advertising; each is drawn and boxed as for training. OUT gets strips.jsonl, a line each:
width, pixels (base64), text, phrase (its ID, or none), kind; and phrases.json.
"""
import base64, json, os, random, sys
import lines
from scenes import BRANDS, FONTS, ORDINARY, OTHERS, TEMPLATES, sentence


def main(data, out, seed, count):
    os.makedirs(out, exist_ok=True)
    r = random.Random(seed)
    d = lines.Drawer(data, seed, test=True, photos=300)
    phrases = [{'ID': f'{l}{i}', 'Text': sentence(t, b), 'lang': l} for l in BRANDS for i, (t, b) in enumerate((t, b) for t in TEMPLATES[l] for b in BRANDS[l])]
    json.dump(phrases, open(out + '/phrases.json', 'w'), ensure_ascii=False)
    with open(out + '/strips.jsonl', 'w') as f:
        n = 0
        while n < count:
            lang, kind = r.choice(('ko', 'ko', 'zh', 'en')), ('phrase', 'other brand', 'ordinary')[n % 3]
            row = {'kind': kind, 'lang': lang}
            if kind == 'phrase':
                p = r.choice([p for p in phrases if p['lang'] == lang])
                row['phrase'], row['text'] = p['ID'], p['Text']
            elif kind == 'other brand':
                row['text'] = sentence(r.choice(TEMPLATES[lang]), r.choice(OTHERS[lang]))
            else:
                row['text'] = r.choice(ORDINARY[lang])
            x = d.line(r, FONTS[lang], row['text'])
            if x is None:
                continue
            row['width'], row['pixels'] = x[0].shape[1], base64.b64encode(x[0].tobytes()).decode()
            f.write(json.dumps(row, ensure_ascii=False) + '\n')
            n += 1


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
