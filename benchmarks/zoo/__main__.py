"""The command: ``python -m benchmarks.zoo SOURCE...``."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from benchmarks.zoo import sources
from benchmarks.zoo.record import Row, Task, append_rows, read_rows, still_to_do, without_bad
from benchmarks.zoo.summary import summary
from benchmarks.zoo.workers import Limits, run_all
from visunn_lint.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SAMPLE = Path(__file__).with_name("sample.txt")
_LIMITS = Limits()


@click.command()
@click.argument("names", metavar="SOURCE...", nargs=-1)
@click.option("--every", metavar="N", type=click.IntRange(1), default=1, help="Take every N-th model of a source.")
@click.option("--offset", metavar="K", type=click.IntRange(0), default=0, help="Leave out the first K.")
@click.option("--replay", is_flag=True, help="Run each capture again along its edges, and compare with the model.")
@click.option("--no-conventions", is_flag=True, help="Infer the inputs, whatever a model declares.")
@click.option("--small", is_flag=True, help="Scale configurations down (transformers).")
@click.option("--sample", is_flag=True, help="Run the fixed sample, small and replayed.")
@click.option("--seconds", metavar="S", default=_LIMITS.seconds, show_default=True, help="Time for each model.")
@click.option("--memory", metavar="GB", default=_LIMITS.memory, show_default=True, help="Memory for each process.")
@click.option("--jobs", metavar="N", type=click.IntRange(1), default=1, show_default=True, help="Processes at a time.")
@click.option("--record", metavar="FILE", type=click.Path(path_type=Path), help="JSON lines; what it holds is not run.")
@click.option("--retry-failed", is_flag=True, help="Run again what the record holds, but not as good.")
def main(  # noqa: PLR0913 -- each is an option of the command line
    *,
    names: tuple[str, ...],
    every: int,
    offset: int,
    replay: bool,
    no_conventions: bool,
    small: bool,
    sample: bool,
    seconds: float,
    memory: float,
    jobs: int,
    record: Path | None,
    retry_failed: bool,
) -> None:
    """Capture the models of SOURCEs, each within bounds, and report how that went.

    A SOURCE is torchvision, timm, transformers, or a folder of model files. Exits 1 if a model
    fails, reads what nothing made, or does not replay.
    """
    if bool(names) == sample:
        message = "give sources, or --sample alone"
        raise click.UsageError(message)
    try:
        pairs = sampled() if sample else [pair for name in names for pair in _listed(name, every, offset)]
    except TargetError as error:
        message = f"{error.message}; {error.hint}"
        raise click.UsageError(message) from error
    tasks = [Task(source, name, not no_conventions, small or sample, replay or sample) for source, name in pairs]
    known = read_rows(record) if record else []
    rows = _rows(tasks, Limits(seconds, memory), jobs, record, without_bad(known) if retry_failed else known)
    _report(rows)
    sys.exit(not all(row.is_good for row in rows))


def sampled() -> list[tuple[str, str]]:
    """Return source and name of each model in the fixed sample."""
    lines = (line.partition("#")[0].split() for line in _SAMPLE.read_text().splitlines())
    return [(source, name) for source, name in filter(None, lines)]


def _listed(source: str, every: int, offset: int) -> list[tuple[str, str]]:
    return [(source, name) for name in sources.find(source).names()[offset::every]]


def _rows(tasks: Sequence[Task], limits: Limits, jobs: int, record: Path | None, known: Sequence[Row]) -> list[Row]:
    """Return the rows of all tasks: those that are known, and those of what is done now."""
    asked = frozenset(tasks)
    rows = [row for row in known if row.task in asked]
    missing = still_to_do(tasks, rows)
    with _progress() as progress:
        bar = progress.add_task("", total=len(tasks), completed=len(asked) - len(missing))
        for done in run_all(missing, limits, jobs):
            if record:
                append_rows(record, done)
            rows.extend(done)
            progress.update(bar, advance=1, description=done[0].title if done else "")
    return rows


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _report(rows: Iterable[Row]) -> None:
    for source, found in groupby(sorted(rows, key=_source), _source):
        click.secho(f"== {source}", bold=True)
        for line in summary(list(found)):
            click.echo(line)


def _source(row: Row) -> str:
    return row.task.source


if __name__ == "__main__":
    main()
