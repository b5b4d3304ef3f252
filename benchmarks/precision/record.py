"""What the rules said of one model, and the file of JSON lines that remembers it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 -- importable with the rest, as msgspec reads annotations
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Said:
    """One finding, as far as a reader of many needs it; ``place`` is ``file:line:column`` or ""."""

    code: str
    rule: str
    severity: str
    module: str
    message: str
    place: str


@dataclass(frozen=True, slots=True)
class Row:
    """What the rules said of one model; ``reason`` is why it could not be checked, "" if it was."""

    source: str
    name: str
    reason: str = ""
    findings: tuple[Said, ...] = ()
    seconds: float = 0.0


def read_rows(file: Path) -> Iterator[Row]:
    """Yield the rows of a record; there is none in a file that is not there."""
    if file.exists():
        yield from (msgspec.json.decode(line, type=Row) for line in file.read_bytes().splitlines())


def append_row(file: Path, row: Row) -> None:
    """Add a row to a record, as a line of JSON."""
    with file.open("ab") as out:
        out.write(msgspec.json.encode(row) + b"\n")
