"""Damages real files of every format and reads them: no crash, no hang, no error but an `Unread` with a remedy.

`python soak_readers.py BENCH [SECONDS]`. BENCH is not used (`make soak` gives it); SECONDS is 1,200 by default. The
inputs are made from invented articles, then cut, repeated, overwritten and stitched together by hypothesis; each is
read in this process and must come back within ten seconds of its time. Prints how many were read, and how many gave
articles.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzzed_files import damaged_files, read_damaged, whole_files
from hypothesis import HealthCheck, Phase, given, settings

_SECONDS = 1200.0
_SLOWEST = 10.0
_ROUND = 500


def main() -> int:
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else _SECONDS
    counts: Counter[str] = Counter()
    slowest = 0.0
    whole_files()
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:

        @settings(
            max_examples=_ROUND,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # a failure is wanted at once; to shrink it takes minutes
            suppress_health_check=list(HealthCheck),
        )
        @given(damaged_files())
        def round_of(file: tuple[str, bytes]) -> None:
            nonlocal slowest
            if time.monotonic() > end:
                return
            began = time.process_time()  # of this process alone, however busy the machine is
            articles, failures = read_damaged(Path(folder), *file)
            spent = time.process_time() - began
            slowest = max(slowest, spent)
            assert spent < _SLOWEST, f"{file[0]} took {spent:.1f} s"
            counts["files"] += 1
            counts["gave articles"] += bool(articles)
            counts["were reported"] += bool(failures)

        while time.monotonic() < end:
            round_of()
    print(f"{seconds:.0f} s: {counts['files']:,} damaged files, {counts['gave articles']:,} gave articles,")
    print(f"{counts['were reported']:,} were reported; none crashed or hung; the slowest took {slowest:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
