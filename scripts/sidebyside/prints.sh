#!/usr/bin/env bash
# File to PDQ beside Meta's C++ reference (facebook/ThreatExchange, pdq/cpp, with
# CImg and libjpeg), one thread, by turns, processor time.
#
#   apt-get install --no-install-recommends g++ libjpeg-dev libpng-dev
#   scripts/sidebyside/prints.sh THREATEXCHANGE FILES...
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$(realpath "${1:?usage: prints.sh THREATEXCHANGE FILES...}")
shift
out=build/sidebyside
mkdir -p "$out"
g++ -std=c++17 -O3 -march=native -DNDEBUG -Dcimg_display=0 -Dcimg_use_jpeg -Dcimg_use_png -w \
  -I"$root" -I"$root/pdq/cpp" -o "$out/reference" scripts/sidebyside/prints.cpp \
  "$root"/pdq/cpp/{common/pdqhashtypes,common/pdqhamming,common/pdqutils,io/pdqio}.cpp \
  "$root"/pdq/cpp/{hashing,downscaling}/*.cpp -ljpeg -lpng -lm -lpthread
CGO_ENABLED=0 go build -o "$out/ours" ./scripts/sidebyside/prints
"${PYTHON:-/usr/bin/python3}" scripts/sidebyside/prints.py "${ROUNDS:-5}" "$@" -- "$out/reference" "$out/ours"
