"""The five steps from a model to its topology, in time and space, beside torch's ``graph()``; see ``--help``."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import warnings
from contextlib import redirect_stdout
from statistics import mean
from time import perf_counter

import click
from rich.console import Console
from rich.table import Table

from benchmarks.capture.models import CONVOLUTIONAL, SMALL, batch, build

_HEADINGS = ("model", "1 capture", "2 decode", "3 nodes", "4 modules", "5 build", "all ms", "graph() ms",
             "GraphDef kB", "topology kB", "graph() kB")  # fmt: skip


@click.command()
@click.argument("models", nargs=-1, type=click.Choice([*SMALL, *CONVOLUTIONAL]))
@click.option("--runs", default=5, show_default=True, type=click.IntRange(1), help="Runs to take the mean of.")
@click.option("--one", type=click.Choice([*SMALL, *CONVOLUTIONAL]), hidden=True)
def main(*, models: tuple[str, ...], runs: int, one: str | None) -> None:
    """Print the time of each step and the sizes of what is made, means of some runs, as the seed's README had them."""
    if one is not None:
        click.echo(json.dumps(measure(one, runs)))
        return
    table = Table(box=None)
    for index, heading in enumerate(_HEADINGS):
        table.add_column(heading, justify="right" if index else "left")
    for model in models or (*SMALL, *CONVOLUTIONAL):
        table.add_row(model, *(f"{number:,.1f}" for number in _in_fresh_process(model, runs)))
    Console(width=160 if not sys.stdout.isatty() else None).print(table)


def _in_fresh_process(model: str, runs: int) -> list[float]:
    command = [sys.executable, "-m", "benchmarks.steps", "--runs", str(runs), "--one", model]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- our own module
    found: list[float] = json.loads(done.stdout)
    return found


def measure(model_name: str, runs: int) -> list[float]:
    """Return the numbers of one row: milliseconds, then kilobytes; the first run, which imports, does not count."""
    from visunn_lint.profiling import profile  # noqa: PLC0415 -- what prints the table does without torch

    model, x = build(model_name), batch()
    profile(model, (x,), repeats=1)
    rows = [profile(model, (x,), repeats=1) for _ in range(runs)]
    steps = [mean(row.steps[index].seconds for row in rows) * 1e3 for index in range(len(rows[0].steps))]
    milliseconds, size = _graph(model, x, runs)
    return [*steps, sum(steps), milliseconds, rows[0].graph_bytes / 1e3, rows[0].topology_bytes / 1e3, size / 1e3]


def _graph(model: object, x: object, runs: int) -> tuple[float, int]:
    """Return the milliseconds that torch's ``graph()`` takes, and the bytes of what it makes."""
    from torch.utils.tensorboard._pytorch_graph import graph  # noqa: PLC0415 -- imports all of tensorboard

    seconds = []
    for _ in range(runs + 1):
        start = perf_counter()
        with redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
            made, _ = graph(model, x)  # type: ignore[no-untyped-call]
        seconds.append(perf_counter() - start)
    return mean(seconds[1:]) * 1e3, made.ByteSize()


if __name__ == "__main__":
    main()
