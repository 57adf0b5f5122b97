"""Kills an editor sixty times at random moments, and checks the index and asks it each time; then ten times one whose
vectors are on a Chroma server.

python tests/bench/soak_kills.py [FOLDER] [--kills 60] [--on-server 10] [--seed 0]     FOLDER is not read
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import killing
from running_chroma import RunningChroma
from tiny_model import save_tiny_model

from index.embed import load_embedder
from index.home import Home


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--on-server", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = save_tiny_model(Path(folder) / "model")
        embedder = load_embedder(str(model), dtype="float32")

        def kill(home: Home, kills: int) -> None:
            began = time.monotonic()
            left = killing.killed_editors(home, embedder, model, kills, options.seed, 6)
            print(f"{left['kills']} kills in {time.monotonic() - began:.0f} s; it was sound and answered after each")
            print(
                f"{left['switched']} came after a new build served; {left['cut short']} left a change to take up, "
                f"{left['restores cut short']} a restore that a repair finished"
            )

        kill(Home(Path(folder) / "home"), options.kills)
        if options.on_server:
            (Path(folder) / "chroma").mkdir()
            server = RunningChroma(Path(folder) / "chroma")
            try:
                home = Home(Path(folder) / "served" / "home", server.url)
                kill(home, options.on_server)
                known = {f"dateline-{build.name}" for build in home.builds.iterdir()}
                assert server.collections() <= known, "a killed build leaves no vectors on the server"
                print(f"on the Chroma server: {len(known)} builds, and no collection of another")
            finally:
                server.kill()


if __name__ == "__main__":
    main()
