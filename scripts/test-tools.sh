#!/usr/bin/env bash
# Installs what the tests need and is not there yet: a PostgreSQL server, a
# Chromium, fonts for Korean and Chinese, tesseract to read text in pictures,
# and axe-core for accessibility.
# Runs as root or with sudo; safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
have_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null; }
have_postgres || missing+=(postgresql)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
command -v npm >/dev/null || missing+=(npm)
fc-list 2>/dev/null | grep -i 'noto.*cjk\|wenquanyi\|unfonts' >/dev/null || missing+=(fonts-noto-cjk)
[ "$(tesseract --list-langs 2>/dev/null | grep -cxE 'kor|chi_sim|eng')" = 3 ] || missing+=(tesseract-ocr tesseract-ocr-kor tesseract-ocr-chi-sim)

if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || { echo "test-tools: install these by hand, then run again: ${missing[*]}" >&2; exit 1; }
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "test-tools: need root or sudo to install: ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  echo "installing ${missing[*]} ..."
  export DEBIAN_FRONTEND=noninteractive
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# axe-core is a test tool only; it is never committed. Its version is pinned.
if [ ! -f build/npm/node_modules/axe-core/axe.min.js ]; then
  echo "installing axe-core ..."
  mkdir -p build/npm
  cp internal/e2e/package.json build/npm/package.json
  npm install --prefix build/npm --no-audit --no-fund --silent
fi
