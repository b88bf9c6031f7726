"""Runs commands that print prints (prints.cpp, prints/main.go) by turns on the
same files and compares them: for each the mean over the files of the least
processor time in any round, and how many bits its hashes are from the first's.

    prints.py ROUNDS FILES... -- REFERENCE OURS...
"""

import collections
import os
import statistics
import subprocess
import sys


def main():
    split = sys.argv.index("--")
    rounds, files, commands = int(sys.argv[1]), sys.argv[2:split], sys.argv[split + 1 :]
    least = collections.defaultdict(lambda: 1e9)
    hashes = {}
    one = dict(os.environ, GOMAXPROCS="1")
    for _ in range(rounds):
        for command in commands:
            out = subprocess.run([command, *files], check=True, capture_output=True, text=True, env=one).stdout
            for line in out.splitlines():
                hash_, _, ms, name = line.split("\t")
                least[command, name] = min(least[command, name], float(ms))
                hashes[command, name] = int(hash_, 16)
    reference = commands[0]
    for command in commands:
        ms = statistics.mean(least[command, f] for f in files)
        apart = sorted(bin(hashes[command, f] ^ hashes[reference, f]).count("1") for f in files)
        print(
            f"{command}: {ms:.1f} ms a file of {len(files)}; hashes from the first's:"
            f" median {statistics.median(apart):g}, {sum(a > 31 for a in apart)} beyond 31, most {apart[-1]} bits"
        )


if __name__ == "__main__":
    main()
