"""How time and memory grow with the graph: chains and trees of ops; ``python -m benchmarks.growth``."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
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
    table = Table("model", "ops", "capture µs/op", "steps and rules µs/op", "all µs/op", "memory MB", box=None)
    for shape in _SHAPES:
        for size in sizes:
            capture, rest, megabytes = _in_fresh_process(shape, size)
            numbers = (capture / size * 1e6, rest / size * 1e6, (capture + rest) / size * 1e6, megabytes)
            table.add_row(shape, f"{size:,}", *(f"{number:.0f}" for number in numbers))
    Console().print(table)


def _in_fresh_process(shape: str, size: int) -> list[float]:
    command = [sys.executable, "-m", "benchmarks.growth", "--one", shape, str(size)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- our own module
    found: list[float] = json.loads(done.stdout)
    return found


def measure(shape: str, size: int) -> tuple[float, float, float]:
    """Return the seconds of capture, those of the other steps and all rules, and the megabytes beyond torch's own."""
    x = torch.ones(2, 3)
    _report(pipeline.capture(_SHAPES[shape](10), (x,)))  # imports what is imported late
    before = _peak_megabytes()
    start = perf_counter()
    captured = pipeline.capture(_SHAPES[shape](size), (x,))
    between = perf_counter()
    _report(captured)
    return between - start, perf_counter() - between, _peak_megabytes() - before


def _report(captured: pipeline.Capture) -> None:
    run_rules([CapturedModel("model", eval=pipeline.build_topology(captured))], Settings(preview=True))


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
