#!/usr/bin/env bash
# Answers a kit's picture questions with Assay, OpenCV's SIFT and OpenCV's ORB,
# one thread each, one after the other, has the kit's own scorer judge all three
# and prints one table. ms is processor time a picture, opening it included; of
# Assay with all eyes and the policy, learning the assets included.
#
#   apt-get install --no-install-recommends python3-opencv python3-numpy
#   scripts/sidebyside/run.sh KIT [OUT]
set -euo pipefail
cd "$(dirname "$0")/../.."
kit=${1:?usage: run.sh KIT [OUT]}
out=${2:-build/sidebyside}
python=${PYTHON:-/usr/bin/python3}
mkdir -p "$out"
CGO_ENABLED=0 go build -o "$out/assay" ./cmd/assay

# cpu FILE N COMMAND...: runs the command and writes its processor ms, by N.
cpu() {
  local file=$1 n=$2 t
  shift 2
  TIMEFORMAT='%U %S'
  t=$({ time "$@" >&2 2>/dev/null; } 2>&1 | tail -1)
  awk -v n="$n" '{ printf "%.1f\n", 1000 * ($1 + $2) / n }' <<<"$t" >"$file"
}

for task in photo logo; do
  n=$(grep -c . "$kit/images/${task}_queries_input.jsonl")
  mkdir -p "$out/$task"
  cpu "$out/assay.$task.ms" "$n" env GOMAXPROCS=1 "$out/assay" evaluate --kit "$kit" --out "$out/$task" --only "$task" --workers 1
  mv "$out/$task/$task.jsonl" "$out/assay.$task.jsonl"
  for method in sift orb; do
    OMP_NUM_THREADS=1 "$python" scripts/sidebyside/rival.py "$method" "$task" "$kit" "$out/$method.$task.jsonl" >"$out/$method.$task.ms"
  done
  for method in assay sift orb; do
    "$python" "$kit/score/score.py" "$task" "$out/$method.$task.jsonl" --json "$out/$method.$task.score.json" >"$out/$method.$task.txt"
  done
done
"$python" scripts/sidebyside/table.py "$out"
