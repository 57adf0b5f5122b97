"""The names of a news site's sections, and the links to them that are pasted along with an article."""

from __future__ import annotations

import re

_LISTED = (
    "news|world|politics|business|sport|sports|opinion|opinions|technology|tech|science|health|culture|entertainment"
    "|lifestyle|travel|economy|finance|markets|europe|asia|africa|americas|middle east|us|u.s.|uk|usa|international"
    "|national|local|local news|breaking|breaking news|latest|latest news|top stories|live|exclusive|analysis|explainer"
    "|editorial|comment|features|video|videos|photos|home|homepage|front page|world news|us news|u.s. news|uk news"
    "|europe news|business news|war|ukraine|war in ukraine|ukraine war|education|environment|climate|society|crime"
    "|weather|arts|all news|news feed|newsfeed|more news"
)
_NAMES = frozenset(_LISTED.split("|"))
_BULLET = re.compile(r"[-–—•*>»|]\s*")
_PATH = re.compile(r"\s*[>»›/]\s*")


def is_section(line: str) -> bool:
    """Whether the line is the name of a section and nothing else."""
    return line.strip(" :|-–—•»>/#").lower() in _NAMES


def is_section_path(line: str) -> bool:
    """Whether the line is a section's name or the way to it: "News", "Home > World > Europe", "- News"."""
    parts = [part for part in _PATH.split(line) if part]
    return is_section(line) or (len(line) <= 80 and len(parts) >= 2 and is_section(parts[0]) and len(parts) <= 5)


def is_lone_link(line: str) -> bool:
    """Whether the line has the form of a link at the foot of a page: a bullet and one to three words, no sentence."""
    mark = _BULLET.match(line)
    words = line[mark.end() :].split() if mark else []
    return 1 <= len(words) <= 3 and line[-1] not in ".!?…:;,"
