"""Damages real files of every format and reads them: no crash, no hang, no error but an `Unread` with a remedy.

`python soak_readers.py [FOLDER [SECONDS] [KEPT]]`. FOLDER is not read; SECONDS is 1,200 by default.
The inputs are made from invented articles, then cut, repeated, overwritten and stitched together by hypothesis; each is
read in this process and must come back within ten seconds of its time. One that takes five minutes by the clock is a
hang: where it hangs is printed, and the run ends. The file that was read last is left in KEPT (a new folder) where
anything went wrong. Prints how many were read, how many gave articles, and the slowest of each format.
"""

from __future__ import annotations

import faulthandler
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzzed_files import damaged_files, read_damaged, whole_files
from hypothesis import HealthCheck, Phase, given, settings

_SECONDS = 1200.0
_SLOWEST = 10.0
_HANGS = 300.0
_ROUND = 500


def main() -> int:
    warnings.simplefilter("ignore")
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else _SECONDS
    folder = Path(sys.argv[3] if len(sys.argv) > 3 else tempfile.mkdtemp(prefix="soak-readers-"))
    folder.mkdir(parents=True, exist_ok=True)
    counts: Counter[str] = Counter()
    slowest: dict[str, float] = {}
    whole_files()
    start = time.monotonic()
    end = start + seconds
    said = start

    @settings(
        max_examples=_ROUND,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # a failure is wanted at once; to shrink it takes minutes
        suppress_health_check=list(HealthCheck),
    )
    @given(damaged_files())
    def round_of(file: tuple[str, bytes]) -> None:
        if time.monotonic() > end:
            return
        faulthandler.dump_traceback_later(_HANGS, exit=True)
        began = time.process_time()  # of this process alone, however busy the machine is
        articles, failures = read_damaged(folder, *file)
        spent = time.process_time() - began
        faulthandler.cancel_dump_traceback_later()
        slowest[file[0]] = max(slowest.get(file[0], 0.0), spent)
        assert spent < _SLOWEST, f"{file[0]} took {spent:.1f} s"
        (folder / file[0]).unlink()
        counts["files"] += 1
        counts["gave articles"] += bool(articles)
        counts["were reported"] += bool(failures)

    print(f"The file that is read is in {folder}.", flush=True)
    while time.monotonic() < end:
        round_of()
        if time.monotonic() > said + 60:
            said = time.monotonic()
            print(f"{said - start:.0f} s: {counts['files']:,} files", flush=True)
    folder.rmdir()
    took = time.monotonic() - start
    print(f"{took:.0f} s: {counts['files']:,} damaged files, {counts['gave articles']:,} gave articles,")
    print(f"{counts['were reported']:,} were reported; none crashed or hung. The slowest of each, in seconds:")
    print(", ".join(f"{name[2:]} {spent:.2f}" for name, spent in sorted(slowest.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
