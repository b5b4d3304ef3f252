"""How time and memory grow with the graph: chains and trees of ops; ``python -m benchmarks.growth``."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from statistics import median
from time import perf_counter

import click
import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn

from visunn_lint import pipeline
from visunn_lint.checking import run_rules
from visunn_lint.config import Settings
from visunn_lint.topology import CapturedModel

_SIZES = (1_000, 10_000, 100_000)


class Chain(nn.Module):
    """As many ops as asked for, one behind the other."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        """Return a long sum."""
        for _ in range(self.size):
            x = x + 1
        return x


class Tree(nn.Module):
    """As many ops as asked for, joined two by two."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum of many leaves."""
        level = [x * 2 for _ in range(self.size // 2)]
        while len(level) > 1:
            level = [a + b for a, b in zip(level[::2], level[1::2], strict=False)] + level[len(level) & ~1 :]
        return level[0]


_SHAPES = {"chain": Chain, "tree": Tree}


@click.command()
@click.option("--sizes", multiple=True, type=int, default=_SIZES, show_default=True, help="Numbers of ops.")
@click.option("--one", nargs=2, type=(click.Choice(list(_SHAPES)), int), hidden=True)
def main(*, sizes: tuple[int, ...], one: tuple[str, int] | None) -> None:
    """Print seconds and bytes for each op, from the model to the report, each size in a fresh process."""
    if one is not None:
        click.echo(json.dumps(measure(*one)))
        return
    table = Table("model", "ops", "capture µs/op", "steps and rules µs/op", "all µs/op", "all s", "bytes/op", box=None)
    for shape in _SHAPES:
        for size in sizes:
            capture, rest, bytes_beyond = _in_fresh_process(shape, size)
            micros = (f"{seconds / size * 1e6:.0f}" for seconds in (capture, rest, capture + rest))
            table.add_row(shape, f"{size:,}", *micros, f"{capture + rest:.2f}", f"{bytes_beyond / size:,.0f}")
    Console(width=120 if not sys.stdout.isatty() else None).print(table)


def _in_fresh_process(shape: str, size: int) -> list[float]:
    command = [sys.executable, "-m", "benchmarks.growth", "--one", shape, str(size)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- our own module
    found: list[float] = json.loads(done.stdout)
    return found


def measure(shape: str, size: int) -> tuple[float, float, float]:
    """Return the seconds of capture, those of the other steps and all rules, and the bytes beyond torch's own.

    The seconds of small graphs are medians: of several runs, as many as make up a large one.
    """
    x = torch.ones(2, 3)
    _report(pipeline.capture(_SHAPES[shape](10), (x,)))  # imports what is imported late
    before = _peak_bytes()
    runs = [_timed(shape, size, x) for _ in range(max(1, min(9, _SIZES[-1] // size)))]
    return median(capture for capture, _ in runs), median(rest for _, rest in runs), _peak_bytes() - before


def _timed(shape: str, size: int, x: Tensor) -> tuple[float, float]:
    start = perf_counter()
    captured = pipeline.capture(_SHAPES[shape](size), (x,))
    between = perf_counter()
    _report(captured)
    return between - start, perf_counter() - between


def _report(captured: pipeline.Capture) -> None:
    run_rules([CapturedModel("model", eval=pipeline.build_topology(captured))], Settings(preview=True))


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
