"""The command: ``python -m benchmarks.processes``."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from benchmarks.processes.measuring import Cost, check, median_of, python

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODEL = """\
from torch import nn


def block(width: int, out: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(width, out, 3, padding=1, bias=False), nn.BatchNorm2d(out), nn.ReLU())


class Net(nn.Module):
    example_inputs = "b x 3 x 64 x 64"

    def __init__(self) -> None:
        super().__init__()
        self.stem = block(3, {width})
        self.blocks = nn.ModuleList(block({width}, {width}) for _ in range({depth}))
        self.head = nn.Linear({width}, 10)

    def forward(self, x):
        x = self.stem(x)
        for each in self.blocks:
            x = x + each(x)
        return self.head(x.mean((2, 3)))
"""


@click.command()
@click.option("--files", metavar="N", type=click.IntRange(2), default=40, show_default=True, help="Models of the zoo.")
@click.option("--runs", metavar="N", type=click.IntRange(1), default=5, show_default=True, help="Runs for each median.")
def main(files: int, runs: int) -> None:
    """Print what whole processes cost: of one model, and of a zoo with one worker, with two, and from memory."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_zoo(folder, files)
        click.echo(row("", "seconds", "CPU", "modules", "among them"))
        for what, cost in _costs(folder, files, runs):
            heavy = ", ".join(cost.heavy) or ("none of torch, networkx, tensorboard, numpy" if cost.modules else "")
            click.echo(row(what, f"{cost.wall:.2f}", f"{cost.cpu:.2f}", f"{cost.modules or ''}", heavy))


def write_zoo(folder: Path, files: int) -> None:
    """Write a project with that many model files, no two alike."""
    (folder / "visunn.toml").touch()
    (folder / "zoo").mkdir()
    for number in range(files):
        text = _MODEL.replace("{width}", str(8 + number)).replace("{depth}", str(4 + number % 8))
        (folder / "zoo" / f"net{number:03}.py").write_text(text, encoding="utf-8")


def row(what: str, wall: str, cpu: str, modules: str, heavy: str) -> str:
    """Return a row of the table."""
    return f"{what:34}{wall:>8}{cpu:>8}{modules:>9}  {heavy}".rstrip()


def _costs(folder: Path, files: int, runs: int) -> Iterator[tuple[str, Cost]]:
    """Yield what is measured, and its cost; a zoo is run once, for its models are many."""
    one, edited = "zoo/net000.py", folder / "zoo" / "net001.py"
    yield "python -c pass", median_of(runs, lambda: python("pass", folder))
    yield "python -c 'import torch'", median_of(runs, lambda: python("import torch", folder))
    yield "check a model, cold", median_of(runs, lambda: check([one, "--no-cache"], folder))
    check([one], folder)
    yield "check a model, warm", median_of(runs, lambda: check([one], folder))
    for jobs in ("1", "2"):
        shutil.rmtree(folder / ".visunn_cache")
        yield f"check {files} models, cold, -j{jobs}", check(["zoo", "-j", jobs], folder)
    yield f"check {files} models, warm", median_of(runs, lambda: check(["zoo"], folder))
    edited.write_text(edited.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    yield f"check {files} models, one edited", check(["zoo"], folder)


if __name__ == "__main__":
    main()
