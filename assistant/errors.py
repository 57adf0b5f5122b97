"""The assistant's own errors; the whole tree is drawn in `index/errors.py`."""

from __future__ import annotations

from index.errors import DatelineError


class SettingsError(DatelineError):
    """A setting is unknown or has a value that cannot be used."""


class QuestionError(DatelineError):
    """A question is empty, too long, or its dates contradict each other."""


class QuestionFileError(DatelineError):
    """A file of questions cannot be used."""


class ServeError(DatelineError):
    """The server cannot start."""


class ChatModelError(DatelineError):
    """A language model cannot be found, loaded, reached or used."""


class ConversationError(DatelineError):
    """Kept conversations cannot be read or written."""
