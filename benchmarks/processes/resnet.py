"""What a cold check costs beyond what nobody can save: ``python -m benchmarks.processes.resnet``."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from benchmarks.processes.measuring import Cost, check, python

if TYPE_CHECKING:
    from collections.abc import Callable

_MODEL = """\
from torchvision.models import {name}

from visunn_lint import model


@model(inputs="b x 3 x 64 x 64")
def net():
    return {name}()
"""
_BUILD = "import torch; from torchvision.models import {name}"


@click.command()
@click.option("--model", "name", default="resnet152", show_default=True, help="A model of torchvision's.")
@click.option(
    "--runs", metavar="N", type=click.IntRange(1), default=5, show_default=True, help="Runs for each minimum."
)
def main(name: str, runs: int) -> None:
    """Print the processor time of fresh processes that import torch, that build a model too, and that check it."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "net.py").write_text(_MODEL.format(name=name), encoding="utf-8")
        seconds = least(_processes(name, Path(folder)), runs)
    for what, taken in seconds.items():
        click.echo(f"{what:44}{taken:>7.2f} s")
    *_, on_meta, for_real, checked = seconds.values()
    click.echo(f"{'the check beyond import and build on meta':44}{checked - on_meta:>+7.2f} s")
    click.echo(f"{'the check beyond import and build for real':44}{checked - for_real:>+7.2f} s")


def _processes(name: str, folder: Path) -> dict[str, Callable[[], Cost]]:
    build = _BUILD.format(name=name)
    return {
        "import torch": lambda: python("import torch", folder),
        f"import torch, torchvision's {name}": lambda: python(build, folder),
        "… and build it on meta": lambda: python(f"{build}; torch.set_default_device('meta'); {name}()", folder),
        "… and build it for real": lambda: python(f"{build}; {name}()", folder),
        "cold visunn check": lambda: check(["net.py", "--no-cache"], folder),
    }


def least(processes: dict[str, Callable[[], Cost]], runs: int) -> dict[str, float]:
    """Return the least processor time of each process, taken in turns; a first round writes the bytecode."""
    rounds = [{what: process().cpu for what, process in processes.items()} for _ in range(runs + 1)][1:]
    return {what: min(each[what] for each in rounds) for what in processes}


if __name__ == "__main__":
    main()
