"""The command: ``python -m benchmarks.precision SOURCE...``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmarks.precision.checking import rows_of
from benchmarks.precision.record import append_row, read_rows
from benchmarks.precision.summary import summary
from benchmarks.zoo import sources
from benchmarks.zoo.record import Task
from visunn_lint.config import load_settings
from visunn_lint.errors import VisunnError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.precision.record import Row
    from visunn_lint.config import Settings


@click.command()
@click.argument("names", metavar="SOURCE[/NAME]...", nargs=-1, required=True)
@click.option("--every", metavar="N", type=click.IntRange(1), default=1, help="Take every N-th model of a source.")
@click.option("--offset", metavar="K", type=click.IntRange(0), default=0, help="Leave out the first K.")
@click.option("--limit", metavar="M", type=click.IntRange(1), help="Take M of these at the most.")
@click.option("--small", is_flag=True, help="Scale configurations down (transformers).")
@click.option("--select", metavar="CODE", multiple=True, help="Run these rules alone.")
@click.option("--seconds", metavar="S", default=120.0, show_default=True, help="Time for each model.")
@click.option("--examples", metavar="N", default=12, show_default=True, help="Kinds of findings shown for each rule.")
@click.option("--record", metavar="FILE", type=click.Path(path_type=Path), help="JSON lines; what it holds is not run.")
def main(  # noqa: PLR0913 -- each is an option of the command line
    *,
    names: tuple[str, ...],
    every: int,
    offset: int,
    limit: int | None,
    small: bool,
    select: tuple[str, ...],
    seconds: float,
    examples: int,
    record: Path | None,
) -> None:
    """Run all rules, those in preview too, over the models of SOURCEs, and print what they find.

    A SOURCE is torchvision, timm, transformers, or a folder of model files, all of it or one name
    (torchvision/resnet18). Findings at one line are of one kind: each kind is shown once.
    """
    flags: dict[str, object] = {
        "preview": True,
        "include-installed": True,
        **({"select": list(select)} if select else {}),
    }
    settings = load_settings(Path.cwd(), isolated=True, flags=flags)
    try:
        tasks = [task for name in names for task in _tasks(name, small=small)[offset::every][:limit]]
    except VisunnError as error:
        message = f"{error.message}; {error.hint}"
        raise click.UsageError(message) from error
    rows = list(_rows(tasks, settings, seconds, record))
    for line in summary(rows, examples):
        click.echo(line)


def _tasks(text: str, *, small: bool) -> list[Task]:
    """Return the tasks that a source, or one name of a library, stands for."""
    library, _, name = text.partition("/")
    if name and library in sources.LIBRARIES:
        return [Task(library, name, small=small)]
    return [Task(text, each, small=small) for each in sources.find(text).names()]


def _rows(tasks: Sequence[Task], settings: Settings, seconds: float, record: Path | None) -> Iterator[Row]:
    """Yield the rows of all tasks: those on record, and those of what is done now."""
    known = list(read_rows(record)) if record else []
    done = {(row.source, row.name.partition("::")[0]) for row in known}
    asked = {(task.source, task.name) for task in tasks}
    yield from (row for row in known if (row.source, row.name.partition("::")[0]) in asked)
    for task in tasks:
        if (task.source, task.name) not in done:
            for row in rows_of(task, settings, seconds):
                if record:
                    append_row(record, row)
                yield row


if __name__ == "__main__":
    main()
