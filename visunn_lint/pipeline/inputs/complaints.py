"""What torch and its users say when an input does not fit."""

from __future__ import annotations

import re

_TOO_SMALL = re.compile(
    r"Kernel size can't be greater|smaller than kernel size|Output size is too small|Padding size should be less"
    r"|too small|more than 1 (?:value per channel|spatial element)|maximum size for tensor"
    r"|(?:should|must|has to) be (?:at least|smaller)"
)
_WANTS_INTEGERS = re.compile(
    r"Long, Int|to be long or int|index tensor|must be (?:long|an? int)|int32/int64|scalar type Long but"
)
_WANTS_FLOATS = re.compile(
    r"for '(?:Long|Bool|Int)'|floating point|but got (?:Long|Bool)|Input type \((?:long|bool)|found (?:Long|Bool)"
    r"|bool tensor|of float\d+ and int64|of integers"
)
_RANKS = (
    re.compile(r"\((?:un)?batched\) or (\d)D"),
    re.compile(r"values to unpack \(expected (\d)"),
    re.compile(r"len\(dims\) = (\d)"),
    re.compile(r"subscripts in the equation \((\d)\)"),
    re.compile(r"expected (\d)D input"),
    re.compile(r"to be \dD or (\d)D"),
    re.compile(r"expected \dD or (\d)D input"),
    re.compile(r"[Ee]xpected (\d) dim(?:ension)?s"),
    re.compile(r"must be an? (\d)D tensor"),
)
_REACHED_AXIS = re.compile(
    r"in range of \[-\d+, (\d+)\], but got (-?\d+)|too many indices for tensor of dimension (\d)"
)
_MISALIGNED = re.compile(r"must match|broadcast|[Ss]izes of tensors|[Ee]xpected size|same (?:size|shape)")
_AXES = re.compile(r"dim\(\) = (\d) is not equal to len\(dims\) = (\d)")
_VIEW = re.compile(r"shape '\[([-\d, ]+)\]' is invalid for input of size (\d+)")


def is_too_small(message: str) -> bool:
    """Return whether a length should be larger."""
    return _TOO_SMALL.search(message) is not None


def wants_integers(message: str) -> bool:
    """Return whether integers should have been given."""
    return _WANTS_INTEGERS.search(message) is not None


def wants_floats(message: str) -> bool:
    """Return whether floats should have been given."""
    return _WANTS_FLOATS.search(message) is not None


def is_misaligned(message: str) -> bool:
    """Return whether two tensors should have been of one size."""
    return _MISALIGNED.search(message) is not None


def misfit_view(message: str) -> tuple[list[int], int] | None:
    """Return the shape of a view, and the number of elements that do not fit it; None if it is not about that."""
    found = _VIEW.search(message)
    return None if found is None else ([int(part) for part in found[1].split(",")], int(found[2]))


def misses_axis(message: str) -> bool:
    """Return whether something made from the inputs has one axis less than it should."""
    found = _AXES.search(message)
    return found is not None and int(found[2]) - int(found[1]) == 1


def numbers_in(message: str) -> list[int]:
    """Return the whole numbers in a message, each once."""
    return list(dict.fromkeys(int(text) for text in re.findall(r"\d+", message)))


def wanted_rank(message: str) -> int:
    """Return how many axes there should have been, 0 if that is not said."""
    for pattern in _RANKS:
        found = pattern.search(message)
        if found:
            return int(found[1])
    reached = _REACHED_AXIS.search(message)
    if reached is None:
        return 0
    if reached[3]:
        return int(reached[3]) + 1
    axis = int(reached[2])
    return axis + 1 if axis >= 0 else -axis
