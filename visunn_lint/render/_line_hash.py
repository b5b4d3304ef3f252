"""The hash by which GitHub's code scanning knows a line again after the lines above it have moved.

It is the one that GitHub's own upload computes where a tool gives none, so that both agree: a
polynomial over the next 100 UTF-16 units of the file without its blanks, and a count that tells
equal lines apart. Source: `fingerprints.ts` of github/codeql-action.
"""

from __future__ import annotations

from array import array
from collections import Counter

from visunn_lint import source

_WINDOW = 100
_BASE = 37
_BITS = (1 << 64) - 1
_END_OF_FILE = 0xFFFF
_BLANKS = str.maketrans("", "", " \t")


def line_hash(file: str, number: int) -> str | None:
    """Return the hash of a line, counted from 1; None if the file has no such line."""
    hashes = _line_hashes(file)
    return hashes[number - 1] if 0 < number <= len(hashes) else None


@source.remembered(maxsize=64)
def _line_hashes(file: str) -> tuple[str, ...]:
    lines = [array("H", line.translate(_BLANKS).encode("utf-16-le", "replace")) for line in source.lines(file)]
    units = array("H")
    starts = []
    for line in lines:
        starts.append(len(units))
        units.extend(line)
        units.append(ord("\n"))
    if not units:
        return ()
    units[-1] = _END_OF_FILE
    seen: Counter[int] = Counter()
    hashes = []
    for start in starts:
        value = _polynomial(units[start : start + _WINDOW])
        seen[value] += 1
        hashes.append(f"{value:x}:{seen[value]}")
    return tuple(hashes)


def _polynomial(units: array[int]) -> int:
    """Return the value of a window, one that the file ends in filled up with zeros."""
    value = 0
    for unit in units:
        value = (value * _BASE + unit) & _BITS
    return value * pow(_BASE, _WINDOW - len(units), 1 << 64) & _BITS
