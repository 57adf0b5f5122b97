"""`dateline evaluate`: ask a fixed set of questions, show how many answers are right and what got worse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.options import HomeOption, open_assistant, settings_from
from assistant.cli.terminal import say, shown_progress


def evaluate(
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS.yaml", help="Questions and their right answers.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Keep this run here, and compare it with the latest one kept."),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Ask the questions of a file and judge the answers.

    Prints a table by kind of question and a line for each answer that is not right. With --out, keeps the answers and
    metrics, and says what got worse since the run before. Exit code 1 if a question failed or a citation does not hold;
    wrong answers alone are a result, not a failure.
    """
    from assistant import evaluation_runs
    from assistant.cli.evaluation_view import print_comparison, print_evaluation
    from assistant.evaluate import articles_not_indexed
    from assistant.evaluate import evaluate as run_evaluation
    from assistant.questions_file import load_questions

    file = load_questions(questions)
    settings = settings_from(home=home)
    before = None
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        before = evaluation_runs.latest_run(out)
    assistant = open_assistant(settings)
    index = assistant.index()
    if missing := articles_not_indexed(assistant, file):
        say(f"note: the index lacks articles that the questions name: {', '.join(missing)}")
    with shown_progress("questions") as show:
        done = iter(range(1, len(file.questions) + 1))
        evaluation = run_evaluation(assistant, file, lambda: show("asking", next(done), len(file.questions)))
    print_evaluation(evaluation)
    if out is not None:
        run = evaluation_runs.run_of(evaluation, settings, index.manifest if index else None)
        kept = evaluation_runs.keep_run(out, evaluation, run)
        if before is not None:
            print_comparison(evaluation_runs.compare(before, run))
        say(f"This run is kept in {kept}.")
    if not evaluation.sound:
        raise typer.Exit(1)
