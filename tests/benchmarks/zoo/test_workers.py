"""Tasks are done in processes of their own, within bounds."""

from math import inf
from pathlib import Path

from benchmarks.zoo.record import Row, Task
from benchmarks.zoo.workers import Limits, cut_short, run_all

LINEAR = """
from torch import nn

def model() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU())
"""

ABORTING = """
import os

from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        os.abort()
"""


def test_worker_that_dies_is_one_failed_row(tmp_path: Path) -> None:
    """A model that takes its process with it fails alone; the next one is captured and replayed."""
    (tmp_path / "aborting.py").write_text(ABORTING)
    (tmp_path / "linear.py").write_text(LINEAR)
    tasks = [Task(str(tmp_path), name, replay=True) for name in ("aborting.py", "linear.py")]
    rows = [row for rows in run_all(tasks, Limits(), jobs=1) for row in rows]
    told = [(row.title, row.outcome, row.reason, row.rung, row.inferred, row.replay) for row in rows]
    assert told == [
        ("aborting.py", "failed", "died: SIGABRT", "", False, ""),
        ("linear.py::model", "captured", "", "meta", True, "equal"),
    ]


def test_worker_that_dies_before_it_reads_its_task_is_one_failed_row(tmp_path: Path) -> None:
    """Here it cannot set its own bounds: its end of the connection is reset, not merely closed."""
    (tmp_path / "linear.py").write_text(LINEAR)
    [[row]] = run_all([Task(str(tmp_path), "linear.py")], Limits(memory=inf), jobs=1)
    assert (row.outcome, row.reason) == ("failed", "died: exit code 1")


TASK = Task("folder", "net.py", replay=True)


def test_task_cut_short_before_its_first_row_has_failed() -> None:
    """Nothing is known but why it was ended."""
    assert cut_short(TASK, [], "died: SIGKILL", 3.0) == (Row(TASK, "failed", reason="died: SIGKILL", seconds=3.0),)


def test_task_cut_short_in_replay_stays_captured() -> None:
    """The capture stands; it is the replay that was not run."""
    captured = Row(TASK, "captured", rung="meta")
    expected = Row(TASK, "captured", rung="meta", replay="not run", replay_reason="time")
    assert cut_short(TASK, [captured], "time", 3.0) == (expected,)


def test_task_cut_short_after_its_last_row_keeps_it() -> None:
    """A process that ends when all was said has lost nothing."""
    replayed = Row(TASK, "captured", rung="meta", replay="equal")
    assert cut_short(TASK, [replayed], "time", 3.0) == (replayed,)
