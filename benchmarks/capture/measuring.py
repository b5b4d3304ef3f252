"""One model in a process of its own: every contender in turn, round by round, so that load on the machine cancels."""

from __future__ import annotations

import gc
import json
import sys
from time import perf_counter

from benchmarks.capture.contenders import ALL, BEFORE, quiet
from benchmarks.capture.models import batch, build

_MOST_SECONDS = 8.0
"""A contender that takes longer is measured once."""


def measure(model_name: str, names: list[str], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each round by contender; none for one that raises.

    A first round, in which torch and the tools import what they need, does not count. What is there after it is kept
    out of the collections between the runs: to walk all of torch would leave each run a processor with empty caches.
    """
    model, x = build(model_name), batch()
    prepared = {name: quiet(ALL[name](model, x)) for name in names}
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds + 1):
        if number == 1:
            gc.collect()
            gc.freeze()
        for name, run in list(prepared.items()):
            if name in BEFORE:
                BEFORE[name]()
            gc.collect()
            start = perf_counter()
            try:
                run()
            except Exception as error:  # noqa: BLE001 -- what a tool cannot do is an answer
                sys.stderr.write(f"{name}: {error!r}\n"[:300])
                del prepared[name]
                continue
            taken = perf_counter() - start
            if number == 1 and taken > _MOST_SECONDS:
                del prepared[name]
            if number:
                seconds[name].append(taken)
    return seconds


if __name__ == "__main__":
    found = measure(sys.argv[1], sys.argv[3].split("|"), int(sys.argv[2]))
    sys.stdout.write(json.dumps(found))
