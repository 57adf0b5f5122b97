"""An editor who works without a pause and may be killed at any moment: builds, adds, removes, goes back, takes backups
and restores them elsewhere, repairs, purges.

    python tests/editing.py HOME MODEL [URL]     reads seeds, one a line; for each, a child edits until it is killed

URL is of a Chroma server that the vectors go to.
The child's pid is printed. An article's text follows from its id and its edition, both of which stand in it, so that
whoever reads it later can tell whether it was ever written.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import shutil
import sys
from pathlib import Path

from index.backup import back_up, restore
from index.embed import Embedder, load_embedder
from index.errors import DatelineError
from index.home import Home
from index.read import ReadArticle
from index.records import Article
from index.repair import purge, repair
from index.serving import rollback
from index.update import add_articles, build_index, remove_articles

STEADY = tuple(f"steady-{n}" for n in range(20))
"""These articles no editor removes or changes."""

BACKUP = "backup.tar.gz"
"""In the data folder."""

CHANGING = tuple(f"changing-{n}" for n in range(20))


def name_of(article_id: str) -> str:
    """The name of the ferry that an article is about: a word of its own."""
    number = int.from_bytes(hashlib.sha256(article_id.encode()).digest()[:4], "big")
    syllables = ("ba", "ko", "ri", "mel", "tan", "su", "vor", "li", "dep", "nu", "gal", "fi", "ros", "pe", "zim", "ho")
    return "".join(syllables[number >> 4 * i & 15] for i in range(5)).capitalize()


def text_of(article_id: str, edition: int) -> str:
    name, passengers = name_of(article_id), 1000 + int.from_bytes(article_id.encode(), "big") % 8999
    return (
        f"The ferry {name} to Osterby carried {passengers} passengers on Monday, says edition {edition}. "
        f"The captain of the {name} called it a record for the harbour of Lindhafen."
    )


def story(article_id: str, edition: int = 0) -> ReadArticle:
    title = f"Ferry {name_of(article_id)} sets a record"
    return ReadArticle(
        Article(id=article_id, title=title, text=text_of(article_id, edition)), f"/news/{article_id}.txt"
    )


def was_written(article: Article) -> bool:
    """Whether an editor of this kind ever wrote that text for that id."""
    _, _, after = article.text.partition(" says edition ")
    edition = after.split(".")[0]
    return edition.isdigit() and article.text == text_of(article.id, int(edition))


def edit(home: Home, embedder: Embedder, random_numbers: random.Random) -> str:
    """One thing that an editor does; what it was. To be refused, as for removing what is not there, is no failure."""
    chosen = random_numbers.sample(CHANGING, 3)
    edition = random_numbers.randrange(1_000_000)
    what = random_numbers.choice(["build", "add", "add", "remove", "rollback", "backup", "restore", "repair", "purge"])
    with contextlib.suppress(DatelineError):
        if what == "build":
            some = [*map(story, STEADY), *(story(one, edition) for one in random_numbers.sample(CHANGING, 10))]
            build_index(home, embedder, some)
        elif what == "add":
            add_articles(home, embedder, [story(one, edition) for one in chosen])
        elif what == "remove":
            remove_articles(home, chosen[:1])
        elif what == "rollback":
            rollback(home)
        elif what == "repair":
            repair(home)
        elif what == "purge":
            purge(home, chosen[:1])
        elif what == "restore":
            if (home.root / BACKUP).exists():
                restored = restored_from(home)
                restore(restored, home.root / BACKUP)
                shutil.rmtree(restored.root)
        else:
            file = home.root / BACKUP
            file.unlink(missing_ok=True)
            back_up(home, file)
    return what


def restored_from(home: Home) -> Home:
    """The data folder that an editor restores a backup of `home` to; it is there only where that was cut short."""
    return Home(home.root.with_name(f"{home.root.name}-restored"))


def _edit_until_killed(home: Home, embedder: Embedder, seed: str) -> None:
    random_numbers = random.Random(seed)
    while True:
        edit(home, embedder, random_numbers)


def main() -> None:
    import torch

    # A pool of threads does not outlive a fork.
    torch.set_num_threads(1)
    home = Home(Path(sys.argv[1]), sys.argv[3] if len(sys.argv) > 3 else None)
    embedder = load_embedder(sys.argv[2], dtype="float32")
    for seed in sys.stdin:
        if (child := os.fork()) == 0:
            _edit_until_killed(home, embedder, seed)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("ended", flush=True)


if __name__ == "__main__":
    main()
