"""Every error that Dateline raises on purpose, one tree:

DatelineError                 something failed; says what, to what, and what to do next
├── ReadError                 a path cannot be read as articles
├── FetchError                a page, feed or sitemap cannot be fetched
├── ModelError                an embedding model cannot be found or its weights are not the expected ones
├── CatalogueError            the catalogue cannot be opened: damaged, or written by a newer Dateline
├── BuildError                no build serves, or one is damaged or half-written
├── StoreError                the server that holds the vectors is down or answers with an error
├── FingerprintError          the data folder was made with another embedding model
├── BusyError                 another process is writing to the data folder
├── BackupError               a backup cannot be written, or is not whole
├── UnknownArticleError       no article has that id
└── in assistant/errors.py
    ├── SettingsError         a setting is unknown or has a value that cannot be used
    ├── QuestionError         a question is empty, too long, or its dates contradict each other
    ├── QuestionFileError     a file of questions cannot be used
    ├── ServeError            the server cannot start
    ├── ChatModelError        a language model cannot be found, loaded, reached or used
    └── ConversationError     kept conversations cannot be read or written
"""

from __future__ import annotations


class DatelineError(Exception):
    """Something failed. `problem` says what happened and to what, `remedy` what to do next; each one sentence."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


class ReadError(DatelineError):
    """A path cannot be read as articles."""


class FetchError(DatelineError):
    """A page, feed or sitemap cannot be fetched: refused, not there, too large, too slow, or not what was asked for."""


class ModelError(DatelineError):
    """An embedding model cannot be found, or its weights are not the expected ones."""


class CatalogueError(DatelineError):
    """The catalogue cannot be opened, read or written."""


class BuildError(DatelineError):
    """No build serves, or one is damaged or half-written."""


class StoreError(DatelineError):
    """The server that holds the vectors is down, or answers with an error."""


class FingerprintError(DatelineError):
    """The data folder was made with another embedding model."""


class BusyError(DatelineError):
    """Another process is writing to the data folder."""


class BackupError(DatelineError):
    """A backup cannot be written, is not whole, or would overwrite an index."""


class UnknownArticleError(DatelineError):
    """No article has that id."""
