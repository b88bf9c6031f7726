#!/usr/bin/env python3
"""Prints one table from the JSON that the kit's scorer wrote for each method.

usage: table.py OUT    with OUT/<method>.<task>.score.json and OUT/<method>.<task>.ms
"""
import json
import os
import sys


def read(out, method, task):
    with open(os.path.join(out, f"{method}.{task}.score.json"), encoding="utf-8") as f:
        score = json.load(f)
    with open(os.path.join(out, f"{method}.{task}.ms"), encoding="utf-8") as f:
        return score, float(f.read())


def main():
    out = sys.argv[1]
    print("| method | photographs R@1% | uAP | ms | marks R@1% all / large / medium / small | uAP | ms |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for method in ("assay", "sift", "orb"):
        photo, photo_ms = read(out, method, "photo")
        logo, logo_ms = read(out, method, "logo")
        rows = logo["rows"]
        marks = " / ".join("%.3f" % rows[k]["rr1"] for k in ("ALL", "logo_large", "logo_medium", "logo_small"))
        print("| %s | %.3f | %.3f | %.0f | %s | %.3f | %.0f |" % (method, photo["rows"]["ALL"]["rr1"], photo["uAP"], photo_ms, marks, logo["uAP"], logo_ms))


main()
