"""The build that questions are answered from, held open, and the taking up of a newer one. Knows no question."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from index.embed import Embedder
from index.errors import BuildError, CatalogueError, DatelineError, FingerprintError
from index.fingerprint import require_same_weights, warn_of_another_dtype
from index.home import Home
from index.manifest import REPAIR
from index.search import Index
from index.serving import open_previous

_log = logging.getLogger(__name__)

_LOOK_EVERY = 0.25
"""Seconds between two looks at CURRENT."""


class OpenBuild:
    """One build open for everybody who asks. Safe to use from several threads.

    A newer build is taken up by the next who asks, or, where it is followed, in a thread of its own: then nobody waits
    while it is opened. An index that was replaced stays open until its last reader drops it.
    """

    def __init__(self, home: Home, embedder: Embedder) -> None:
        self._home = home
        self._embedder = embedder
        self._taking_up = threading.Lock()
        self._index: Index | None = None
        self._rejected: str | None = None
        self._is_followed = False
        self.rejection: DatelineError | None = None
        """Why the build that CURRENT names does not serve, or should not, while questions are answered."""

    def index(self) -> Index | None:
        """The build that serves; None where nothing was ever built.

        Raises BuildError, CatalogueError or FingerprintError where none can be opened.
        """
        index = self._index
        return index if index is not None and self._is_followed else self.take_up()

    def take_up(self, warm: Callable[[Index], object] | None = None) -> Index | None:
        """As `index`, but first open the build that CURRENT names, if that is another than the one that is open.

        `warm` is called with it before it serves.
        """
        with self._taking_up:
            name = ""
            try:
                name = self._home.current() or ""
                if not name:
                    self._index = None
                    return None
                if self._index is None or name not in (self._index.manifest.name, self._rejected):
                    opened = self._fitting(Index.open(self._home))
                    if warm:
                        self._warm_up(opened, warm)
                    # Who sees the new build, without the lock, sees that nothing is wrong with it.
                    self._rejected, self.rejection, self._index = None, None, opened
                elif name == self._index.manifest.name and self._rejected is not None:
                    self._rejected, self.rejection = None, None  # CURRENT was set back to what serves
            except (BuildError, CatalogueError, FingerprintError) as error:
                if self._index is None and isinstance(error, BuildError):
                    self._index, self._rejected = self._previous(error), name
                if self._index is None:
                    raise
                if self._rejected != name:
                    # The error says what to run.
                    _log.error("%s The build %s goes on serving.", error, self._index.manifest.name)
                    self._rejected = name
                self.rejection = error
            return self._index

    @contextmanager
    def followed(self, warm: Callable[[Index], object]) -> Iterator[None]:
        """Take up newer builds in a thread of its own meanwhile, each once `warm` has been called with it.

        Whoever asks gets the build that is open, also while another one is being opened.
        """
        stopped = threading.Event()

        def follow() -> None:
            try:
                while not stopped.wait(_LOOK_EVERY):
                    if self._index is not None:
                        with suppress(DatelineError):  # it is in the log, and whoever asks is told
                            self.take_up(warm)
            except Exception:
                _log.exception("Newer builds are taken up by the next question.")
            finally:
                self._is_followed = False

        follower = threading.Thread(target=follow, name="builds", daemon=True)
        self._is_followed = True
        follower.start()
        try:
            yield
        finally:
            stopped.set()
            follower.join()

    def take_up_now(self, warm: Callable[[Index], object]) -> None:
        """Have what this process has just built serve its next question, where it is followed. Raises nothing: the
        build that is open goes on serving if the new one cannot."""
        if self._is_followed:
            with suppress(DatelineError):
                self.take_up(warm)

    def verify(self) -> None:
        """Read the files of the build that serves, and let the one before serve if they are not what was written.

        Opening a build looks at their sizes and times only, so that it takes no longer where the build is larger.
        """
        index = self.index()
        if index is None:
            return
        name = index.manifest.name
        damaged = index.manifest.damaged(self._home.build(name), thorough=True)
        with self._taking_up:
            if not damaged or self._index is not index or self._home.current() != name:
                return
            error = BuildError(f"The build {name} is damaged: {damaged[0]} is not what was written.", REPAIR)
            if previous := self._previous(error):
                self._index, self._rejected = previous, name
            else:
                _log.error("%s It goes on serving, since there is none from before.", error)
            self.rejection = error

    @staticmethod
    def _warm_up(index: Index, warm: Callable[[Index], object]) -> None:
        try:
            warm(index)
        except Exception:  # whoever asks it will be told; it is no slower for them than for this
            _log.exception("The build %s was not warmed up.", index.manifest.name)

    def _previous(self, error: BuildError) -> Index | None:
        """The build from before, where the one that should serve cannot. Raises FingerprintError."""
        index = open_previous(self._home, error)
        return self._fitting(index) if index else None

    def _fitting(self, index: Index) -> Index:
        """`index`, if its vectors compare with those of the embedding model. Raises FingerprintError."""
        try:
            require_same_weights(index.manifest.made_with, self._embedder)
        except FingerprintError:
            index.close()
            raise
        warn_of_another_dtype(index.manifest.made_with, self._embedder, "questions")
        return index
