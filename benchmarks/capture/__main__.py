"""The command: ``python -m benchmarks.capture [MODEL...]``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from statistics import geometric_mean, median
from typing import TypeAlias

import click
from rich.console import Console
from rich.table import Table

from benchmarks.capture.contenders import BARE, OPPONENTS, OURS, is_there
from benchmarks.capture.models import CONVOLUTIONAL, SMALL

Seconds: TypeAlias = Mapping[str, list[float]]
_PAIR = "capture"
_REFERENCES = {"steps and rules": _PAIR}


@click.command()
@click.argument("models", nargs=-1, type=click.Choice([*SMALL, *CONVOLUTIONAL]))
@click.option("--rounds", default=7, show_default=True, type=click.IntRange(1), help="Rounds over all contenders.")
@click.option("--against", multiple=True, type=click.Choice(list(OPPONENTS)), help="Other tools to measure beside it.")
def main(*, models: tuple[str, ...], rounds: int, against: tuple[str, ...]) -> None:
    """Print how long a capture takes, and its ratio to what else sees a model's graph.

    Each model is built for real in a fresh process. ``capture`` starts with an empty memory of specs and
    writes the GraphDef; the ratio of each round is taken, and their median printed. The mean is geometric.
    """
    names = [name for name in (*BARE, *OURS, *against) if is_there(name)]
    rows = {model: _measured(model, names, rounds) for model in models or (*SMALL, *CONVOLUTIONAL)}
    console = Console(width=200 if not sys.stdout.isatty() else None)
    console.print(_times(rows, names), "", _ratios(rows, names[1:]), sep="\n")


def _times(rows: Mapping[str, Seconds], names: list[str]) -> Table:
    table = _table([f"{name}\nms" for name in names])
    for model, seconds in rows.items():
        table.add_row(model, *(f"{median(seconds[name]) * 1000:.1f}" if seconds[name] else "-" for name in names))
    return table


def _ratios(rows: Mapping[str, Seconds], names: list[str]) -> Table:
    table = _table(list(map(_heading, names)))
    for model, seconds in rows.items():
        table.add_row(model, *(_shown(_ratio(seconds, name)) for name in names))
    large = [seconds for model, seconds in rows.items() if model in CONVOLUTIONAL]
    if large:
        means = [_mean([_ratio(seconds, name) for seconds in large]) for name in names]
        table.add_row("mean of the convolutional", *map(_shown, means))
    return table


def _table(headings: list[str]) -> Table:
    table = Table(box=None)
    table.add_column("model")
    for heading in headings:
        table.add_column(heading, justify="right")
    return table


def _heading(name: str) -> str:
    if name in OPPONENTS:
        return f"{name}\n/ capture"
    return f"{name}\n/ {_REFERENCES.get(name, 'bare')}"


def _ratio(seconds: Seconds, name: str) -> float | None:
    """Return the median over the rounds: of ours to the bare forward, of others to ours."""
    below = _paired(name) if name in OPPONENTS else _REFERENCES.get(name, next(iter(BARE)))
    pairs = list(zip(seconds[name], seconds[below], strict=False))
    return median(a / b for a, b in pairs) if pairs else None


def _mean(ratios: list[float | None]) -> float | None:
    known = [ratio for ratio in ratios if ratio is not None]
    return geometric_mean(known) if known else None


def _shown(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"  # noqa: PLR2004 -- two digits are enough


def _measured(model: str, names: list[str], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each contender; every other tool is beside our capture in a process of its own.

    What runs leaves the processor's caches to what runs next, and some tools leave their wrappers on torch's functions.
    """
    seconds = _in_fresh_process(model, [name for name in names if name not in OPPONENTS], rounds)
    for name in names:
        if name in OPPONENTS:
            beside = _in_fresh_process(model, [_PAIR, name], rounds)
            seconds |= {name: beside[name], _paired(name): beside[_PAIR]}
    return seconds


def _paired(name: str) -> str:
    """Return the key of our capture's times in the process of another tool."""
    return f"{_PAIR} beside {name}"


def _in_fresh_process(model: str, names: list[str], rounds: int) -> dict[str, list[float]]:
    command = [sys.executable, "-m", "benchmarks.capture.measuring", model, str(rounds), "|".join(names)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- our own module
    seconds: dict[str, list[float]] = json.loads(done.stdout)
    return seconds


if __name__ == "__main__":
    main()
