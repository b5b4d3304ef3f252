"""What is asked of one model and what came of it, and the file of JSON lines that remembers it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 -- importable with the rest, as msgspec reads annotations
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Outcome: TypeAlias = Literal["captured", "failed", "excluded"]
Verdict: TypeAlias = Literal["", "equal", "differs", "raises", "not run"]


@dataclass(frozen=True, slots=True)
class Task:
    """One name of a source, and how to run it.

    Without ``conventions`` the inputs are inferred even where the model declares some; ``small``
    asks for a scaled-down configuration where the source knows one.
    """

    source: str
    name: str
    conventions: bool = True
    small: bool = False
    replay: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one model.

    ``model`` is its name within the task, "" for the only one. ``rung`` is the one of the capture
    in eval mode and ``rung_reason`` why it, or that of the build, is not the first; ``train`` is
    why there is no capture in train mode with the same inputs, "" if there is. ``unknown`` are the
    reads of tensors whose producer is not known.
    """

    task: Task
    outcome: Outcome
    model: str = ""
    reason: str = ""
    rung: str = ""
    rung_reason: str = ""
    inferred: bool = False
    input_spec: str = ""
    nodes: int = 0
    unknown: tuple[str, ...] = ()
    train: str = ""
    seconds: float = 0.0
    replay: Verdict = ""
    replay_reason: str = ""

    @property
    def title(self) -> str:
        """Its name in reports."""
        return f"{self.task.name}::{self.model}" if self.model else self.task.name

    @property
    def is_good(self) -> bool:
        """Whether nothing of it needs a look."""
        return self.outcome != "failed" and not self.unknown and self.replay not in {"differs", "raises"}


def read_rows(file: Path) -> list[Row]:
    """Return the rows of a record, of each model the latest; a last line that was cut off in writing is left out."""
    if not file.exists():
        return []
    lines = file.read_bytes().splitlines(keepends=True)
    rows = [msgspec.json.decode(line, type=Row) for line in lines if line.endswith(b"\n")]
    return list({(row.task, row.model): row for row in rows}.values())


def append_rows(file: Path, rows: Iterable[Row]) -> None:
    """Add rows to a record, each a line of JSON; a line that was cut off before them is ended first."""
    begun = file.read_bytes() if file.exists() else b""
    kept = begun[: begun.rfind(b"\n") + 1]
    if kept != begun:
        file.write_bytes(kept)
    with file.open("ab") as out:
        out.writelines(msgspec.json.encode(row) + b"\n" for row in rows)


def without_bad(rows: Sequence[Row]) -> list[Row]:
    """Return the rows of the tasks that none of them calls for a look at."""
    bad = {row.task for row in rows if not row.is_good}
    return [row for row in rows if row.task not in bad]


def still_to_do(tasks: Iterable[Task], rows: Iterable[Row]) -> list[Task]:
    """Return the tasks that have no row yet, each once."""
    done = {row.task for row in rows}
    return [task for task in dict.fromkeys(tasks) if task not in done]
