"""Fresh processes, and what they cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_CHECK = """
import json, sys
from visunn_lint.cli import run

code = run(sys.argv[1:])
heavy = sorted({"torch", "networkx", "tensorboard", "numpy"} & set(sys.modules))
print(json.dumps([code, len(sys.modules), heavy]), file=sys.stderr)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process and its children cost: seconds on the clock, seconds of processor time, and what it imported.

    ``modules`` is how many, ``heavy`` those among them that take long; of a process that checks nothing they are
    not known.
    """

    wall: float
    cpu: float
    modules: int = 0
    heavy: tuple[str, ...] = ()


def check(arguments: Sequence[str], folder: Path) -> Cost:
    """Return what `visunn check` costs in a folder, from the start of Python to its end.

    Raises RuntimeError if something could not be linted.
    """
    cost, told = _run([sys.executable, "-c", _CHECK, "check", *arguments], folder)
    code, modules, heavy = json.loads(told.splitlines()[-1])
    if code not in {0, 1}:
        message = f"visunn check {' '.join(arguments)} exits {code}: {told}"
        raise RuntimeError(message)
    return Cost(cost.wall, cost.cpu, modules, tuple(heavy))


def python(statement: str, folder: Path) -> Cost:
    """Return what one statement costs in a fresh process."""
    return _run([sys.executable, "-c", statement], folder)[0]


def median_of(runs: int, measure: Callable[[], Cost]) -> Cost:
    """Return the medians over several runs; the last one says what was imported."""
    costs = [measure() for _ in range(runs)]
    wall, cpu = median(cost.wall for cost in costs), median(cost.cpu for cost in costs)
    return Cost(wall, cpu, costs[-1].modules, costs[-1].heavy)


def _run(command: Sequence[str], folder: Path) -> tuple[Cost, str]:
    with_bytecode = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before, start = os.times(), perf_counter()
    done = subprocess.run(command, cwd=folder, env=with_bytecode, capture_output=True, text=True, check=True)  # noqa: S603 -- our own program
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(perf_counter() - start, cpu), done.stderr
