"""The benchmark of whole processes measures what it says."""

from pathlib import Path

import pytest

from benchmarks.processes.__main__ import row, write_zoo
from benchmarks.processes.measuring import Cost, median_of, python
from benchmarks.processes.resnet import least


def test_models_of_a_zoo_differ(tmp_path: Path) -> None:
    """Otherwise one would be remembered for another."""
    write_zoo(tmp_path, 12)
    texts = [file.read_text(encoding="utf-8") for file in (tmp_path / "zoo").iterdir()]
    assert len(set(texts)) == 12
    assert "{" not in "".join(texts)


def test_processor_time_is_that_of_the_process(tmp_path: Path) -> None:
    """A process that sleeps takes time and no processor."""
    cost = python("import time; time.sleep(0.3)", tmp_path)
    assert cost.wall >= 0.3 > cost.cpu


def test_medians_are_taken_column_by_column() -> None:
    """What was imported is that of the last run."""
    costs = iter([Cost(1.0, 3.0, 5), Cost(9.0, 1.0, 5), Cost(2.0, 2.0, 7, ("torch",))])
    assert median_of(3, lambda: next(costs)) == Cost(2.0, 2.0, 7, ("torch",))


@pytest.mark.parametrize(("heavy", "end"), [("", "303"), ("torch", "303  torch")])
def test_rows_have_columns(heavy: str, end: str) -> None:
    """Numbers are flush right, names behind them."""
    assert row("what", "1.00", "0.25", "303", heavy) == f"{'what':34}    1.00    0.25      {end}"


def test_least_times_are_taken_process_by_process() -> None:
    """A first round does not count: it writes the bytecode."""
    first, second = iter([0.1, 3.0, 2.0]), iter([0.1, 1.0, 4.0])
    processes = {"first": lambda: Cost(9.0, next(first)), "second": lambda: Cost(9.0, next(second))}
    assert least(processes, 2) == {"first": 2.0, "second": 1.0}
