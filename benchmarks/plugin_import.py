"""How much CPU time the pytest plugin costs every test run: ``python benchmarks/plugin_import.py``.

A fresh process imports pytest, then the plugin: the second is timed, again and again. The median has to stay below
five milliseconds.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

ROUNDS = 30
MOST_MILLISECONDS = 5.0

_PROGRAM = """
import time
import pytest
start = time.process_time()
import visunn_lint.plugin
print(time.process_time() - start)
"""


def main() -> int:
    """Print the median over some rounds; return 1 if it is too much."""
    costs = [1000 * _seconds() for _ in range(ROUNDS)]
    median = statistics.median(costs)
    print(f"importing visunn_lint.plugin: {median:.2f} ms of CPU time beyond pytest, the median of {ROUNDS}")  # noqa: T201 -- its result
    return int(median > MOST_MILLISECONDS)


def _seconds() -> float:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)  # noqa: S603 -- our own program
    return float(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
