#!/bin/sh
# Writes han.tsv for gen: ideograph, simplified form, toneless pinyin.
# Source: the CLDR transforms Traditional-Simplified and Han-Latin (Unicode
# licence), run through ICU's uconv. Usage: sh han.sh > han.tsv
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
i=19968 # U+4E00
while [ $i -le 40959 ]; do # U+9FFF
	printf "\\$(printf %o $((224 + i / 4096)))\\$(printf %o $((128 + i / 64 % 64)))\\$(printf %o $((128 + i % 64)))\n"
	i=$((i + 1))
done >"$dir/chars"
uconv -f utf-8 -t utf-8 -x 'Traditional-Simplified' "$dir/chars" >"$dir/simple"
uconv -f utf-8 -t utf-8 -x '::Han-Latin; ::NFD; ::[:Mn:] Remove; ::Lower;' "$dir/chars" | tr -d ' ' >"$dir/pinyin"
paste "$dir/chars" "$dir/simple" "$dir/pinyin"
