// Renders the icons of npm packages to transparent PNG files of at most 320 pixels.
// usage: node render.mjs NODE_MODULES NAMES_TO_DROP OUT
// NAMES_TO_DROP is a text file of brand names, one a line; icons that share a name with one are left out.
import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'

const [modules, drop, out] = process.argv.slice(2)
const require = createRequire(path.resolve(modules, 'x.js'))
const { Resvg } = require('@resvg/resvg-js')
fs.mkdirSync(out, { recursive: true })

const plain = s => s.toLowerCase().replace(/[^a-z0-9]/g, '')
const dropped = fs.readFileSync(drop, 'utf8').split('\n').map(plain).filter(s => s.length > 1)
const twin = name => {
  const words = name.toLowerCase().split(/[^a-z0-9]+/)
  const whole = plain(name)
  return dropped.some(d => whole === d || (d.length > 3 && (whole.startsWith(d) || d.startsWith(whole) && whole.length > 3)) || (d.length > 2 && words.includes(d)))
}

// Every package gives at most so many, taken evenly from its list.
const shares = {
  logos: 1500, 'token-branded': 500, 'vscode-icons': 350, 'skill-icons': 150, 'material-icon-theme': 150,
  'streamline-logos': 150, tabler: 200, mdi: 200, ph: 150, 'fluent-emoji-flat': 120, 'game-icons': 200,
  'flat-color-icons': 80, 'circle-flags': 60, 'streamline-ultimate-color': 100, healthicons: 80,
}

function* icons() {
  const simple = require(path.resolve(modules, 'simple-icons'))
  for (const i of Object.values(simple)) {
    if (i && i.svg) yield ['simple', i.slug, i.svg.replace('<svg ', `<svg fill="#${i.hex}" `)]
  }
  for (const [set, most] of Object.entries(shares)) {
    const all = JSON.parse(fs.readFileSync(path.join(modules, '@iconify-json', set, 'icons.json')))
    const names = Object.keys(all.icons)
    const step = Math.max(1, names.length / most)
    for (let k = 0; k < names.length; k += step) {
      const name = names[Math.floor(k)], i = all.icons[name]
      const w = i.width ?? all.width ?? 16, h = i.height ?? all.height ?? 16
      const hue = [...name].reduce((a, c) => (a * 31 + c.charCodeAt(0)) % 360, 7)
      yield [set, name, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="${i.left ?? 0} ${i.top ?? 0} ${w} ${h}" color="hsl(${hue},60%,38%)">${i.body}</svg>`]
    }
  }
  const dev = path.join(modules, 'devicon', 'icons')
  for (const name of fs.readdirSync(dev)) {
    for (const kind of ['original', 'original-wordmark']) {
      const f = path.join(dev, name, `${name}-${kind}.svg`)
      if (fs.existsSync(f)) yield ['devicon', `${name}-${kind}`, fs.readFileSync(f, 'utf8')]
    }
  }
}

let done = 0, left = 0
for (const [set, name, svg] of icons()) {
  if (twin(name)) { left++; continue }
  try {
    const probe = new Resvg(svg, { font: { loadSystemFonts: false } })
    const wide = probe.width >= probe.height
    const png = new Resvg(svg, { font: { loadSystemFonts: false }, fitTo: wide ? { mode: 'width', value: 320 } : { mode: 'height', value: 320 } }).render().asPng()
    fs.writeFileSync(path.join(out, `${set}--${name.replace(/[^a-z0-9.-]/gi, '_')}.png`), png)
    done++
  } catch { left++ }
}
console.log(done, 'rendered', left, 'left out')
