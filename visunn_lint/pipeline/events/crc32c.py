"""CRC-32C, the checksum of event logs: no module of Python's standard library has it.

Polynomial 0x1EDC6F41 (Castagnoli), reflected, as in RFC 3720, appendix B.4. Long data is cut into lanes of
equal length which are checked side by side by numpy; the checksum of bytes in a row follows from those of
its parts, for a CRC is linear over GF(2).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

_POLYNOMIAL: Final = 0x82F63B78
_ONES: Final = 0xFFFFFFFF
_MASK_DELTA: Final = 0xA282EAD8
_LANES: Final = 2048
_LONG: Final = 1 << 15
"""From this many bytes on, numpy is worth its import."""


def crc32c(data: bytes) -> int:
    """Return the checksum of some bytes, an unsigned number of 32 bits."""
    if len(data) < _LONG:
        return _advanced(_ONES, data) ^ _ONES
    each = len(data) // _LANES
    lanes = _side_by_side(data[: each * _LANES])
    together, step = lanes[0], _zeros(each)
    for lane in lanes[1:]:
        together = _applied(step, together) ^ lane
    return _advanced(together, data[each * _LANES :]) ^ _ONES


def masked(checksum: int) -> int:
    """Return a checksum as logs store it: rotated and shifted, since a CRC of data that holds its CRC is weak."""
    return ((checksum >> 15 | checksum << 17) + _MASK_DELTA) & _ONES


@lru_cache(maxsize=1)
def _table() -> tuple[int, ...]:
    return tuple(map(_of_byte, range(256)))


def _of_byte(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
    return value


def _advanced(state: int, data: bytes) -> int:
    """Return the state of the register after some more bytes."""
    table = _table()
    for byte in data:
        state = table[(state ^ byte) & 0xFF] ^ state >> 8
    return state


def _side_by_side(data: bytes) -> list[int]:
    """Return the register after each lane; the first lane starts from ones, as the whole does, others from zero."""
    import numpy as np  # noqa: PLC0415 -- most records are a few bytes

    table = np.array(_table(), dtype=np.uint32)
    rows: NDArray[np.uint8] = np.ascontiguousarray(np.frombuffer(data, dtype=np.uint8).reshape(_LANES, -1).T)
    state = np.zeros(_LANES, dtype=np.uint32)
    state[0] = _ONES
    for row in rows:
        state = table[(state ^ row) & 0xFF] ^ state >> 8
    found: list[int] = state.tolist()
    return found


def _zeros(count: int) -> Sequence[int]:
    """Return what so many zero bytes do to each bit of the register: a matrix over GF(2), one column a bit."""
    columns: list[int] = [1 << bit for bit in range(32)]
    step = [_advanced(column, b"\0") for column in columns]
    while count:
        if count & 1:
            columns = [_applied(step, column) for column in columns]
        step = [_applied(step, column) for column in step]
        count >>= 1
    return columns


def _applied(columns: Sequence[int], state: int) -> int:
    found, bit = 0, 0
    while state:
        if state & 1:
            found ^= columns[bit]
        state >>= 1
        bit += 1
    return found
