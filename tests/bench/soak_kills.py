"""Kills an editor sixty times at random moments, and checks the index and asks it each time.

python tests/bench/soak_kills.py [FOLDER] [--kills 60] [--seed 0]     FOLDER is not read
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import killing
from tiny_model import save_tiny_model

from index.embed import load_embedder
from index.home import Home


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        model = save_tiny_model(Path(folder) / "model")
        embedder = load_embedder(str(model), dtype="float32")
        left = killing.killed_editors(Home(Path(folder) / "home"), embedder, model, options.kills, options.seed, 6)
    print(f"{left['kills']} kills in {time.monotonic() - began:.0f} s; the index was sound and answered after each")
    print(f"{left['switched']} came after a new build served; {left['cut short']} left a change to take up")


if __name__ == "__main__":
    main()
