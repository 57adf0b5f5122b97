"""The command line. It parses words and formats results; what is answered or indexed is decided elsewhere.

app.py               the tree of commands, and --version
options.py           flags that several commands take, and the settings they lead to
terminal.py          how text, rows and progress look on a terminal
json_lines.py        JSON lines to a file or to standard output
ask.py, batch.py     `ask`: one question, or a file of them;  answer_view.py: an answer in words
index.py             `index build|add|remove`;  index_status.py: `index status`
articles.py          `articles list|read|export`
models.py            `models pull|list|remove`
evaluate.py          `evaluate`;  evaluation_view.py: its tables
serve.py, config.py  `serve`, `config`
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from index.errors import DatelineError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in `arguments`, by default those that the process was started with; its exit code.

    0: all done. 1: something failed, and stderr says what and what to do. 2: wrong usage. 130: interrupted.
    """
    from assistant.cli.app import app
    from assistant.cli.terminal import say_error

    # Words that the terminal's encoding lacks are shown escaped, rather than ending the command.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            app(arguments, prog_name="dateline")
        finally:
            sys.stdout.flush()
    except SystemExit as ended:
        return int(ended.code or 0)
    except DatelineError as error:
        say_error(error.problem, error.remedy)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output has left, as `head` does. Python flushes once more on its way out: let it, in peace.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        say_error(f"{where}{error.strerror or error}.", "Check its name, its permissions, and the room on the disk.")
    return 1
