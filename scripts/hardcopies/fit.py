#!/usr/bin/env python3
"""Fits the weights of the score for parts (internal/match/keypoint/score.go) and reads them on other pictures.

usage: fit.py FIT READ...

FIT and READ are files written by TestDumpParts from kits that parts.py drew:

    ASSAY_KIT=KIT ASSAY_PARTS=FILE go test ./internal/match/keypoint -run TestDumpParts

For each file it prints recall of the right asset at 1 % and 0.4 % false alarms, by edit,
before (the score as it is in the file) and with the fitted weights. Needs Debian's
python3-sklearn.
"""
import collections
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression

COLUMNS = ("query edit asset right score weight inliers chances support scale skew whole blocks good count covered "
           "evidence core against share witness").split()
INPUTS = "log(1+evidence) log(1+core) log(1+against) sqrt(witness) log(1+support)".split()


def read(path):
    """The candidates of a file; of a right asset only its best place."""
    rows, best = [], {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            r = dict(zip(COLUMNS, line.split()))
            for k in COLUMNS[3:]:
                r[k] = float(r[k])
            rows.append(r)
            if r["right"]:
                key = r["query"], r["asset"]
                if key not in best or worth(best[key]) < worth(r):
                    best[key] = r
    return [r for r in rows if not r["right"] or best[r["query"], r["asset"]] is r]


def worth(r):
    return r["evidence"] + r["support"]


def inputs(rows):
    return np.array([[np.log1p(r["evidence"]), np.log1p(r["core"]), np.log1p(r["against"]), np.sqrt(r["witness"]), np.log1p(r["support"])] for r in rows])


def report(name, rows, key):
    queries = collections.defaultdict(list)
    for r in rows:
        queries[r["query"]].append(r)
    wrong = sorted((max(map(key, q)) for q in queries.values() if q[0]["edit"].startswith("neg_")), reverse=True)
    for share in (0.01, 0.004):
        limit, found = wrong[int(share * len(wrong))], collections.defaultdict(list)
        for q in queries.values():
            if not q[0]["edit"].startswith("neg_"):
                top = max(q, key=key)
                found[top["edit"]].append(top["right"] and key(top) > limit)
        recall = {e: np.mean(v) for e, v in sorted(found.items())}
        print(f"{name}, {share:.1%} of {len(wrong)} (above {limit:.2f}): {np.mean(list(recall.values())):.3f}", *(f"{e} {v:.2f}" for e, v in recall.items()))


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    rows = read(sys.argv[1])
    model = LogisticRegression(C=10, max_iter=4000).fit(inputs(rows), [r["right"] for r in rows])
    print("constant", round(model.intercept_[0], 2), *(f"{n} {w:.2f}" for n, w in zip(INPUTS, model.coef_[0])))
    for path in sys.argv[1:]:
        rows = read(path)
        for r, z in zip(rows, model.decision_function(inputs(rows))):
            r["fitted"] = z
        report(path + " before", rows, lambda r: r["score"])
        report(path + " fitted", rows, lambda r: r["fitted"])


main()
