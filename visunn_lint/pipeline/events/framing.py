"""The records of an event log: length, checksum of the length, data, checksum of the data (TFRecord, little-endian)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from visunn_lint.errors import GraphError
from visunn_lint.pipeline.events.crc32c import crc32c, masked

if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTH: Final = struct.Struct("<Q")
_CHECKSUM: Final = struct.Struct("<I")
_HEADER: Final = _LENGTH.size + _CHECKSUM.size

MOST_BYTES: Final = 1 << 31
"""Protobuf's own bound on one message."""

DAMAGED: Final = "copy it again, or have it written anew"
"""What to do about a log that cannot be read."""


class CutError(Exception):
    """A file ends in the middle of a record: its writer is still at it, or was stopped."""


@dataclass(frozen=True, slots=True)
class Record:
    """The data of one record, and the byte that it begins at."""

    data: bytes
    place: int


def framed(data: bytes) -> bytes:
    """Return data as one record."""
    length = _LENGTH.pack(len(data))
    return b"".join([length, _CHECKSUM.pack(masked(crc32c(length))), data, _CHECKSUM.pack(masked(crc32c(data)))])


def records(file: BinaryIO, size: int) -> Iterator[Record]:
    """Yield the records of a file of so many bytes, each as it was written: its checksum says so.

    A length is believed only if its checksum holds and the file is as long: nothing is allocated for what is not
    there. Raises GraphError for what is damaged or no log, CutError where the file ends within a record.
    """
    place = 0
    while place < size:
        length = _length(file.read(_HEADER), place)
        end = place + _HEADER + length + _CHECKSUM.size
        if end > size:
            raise CutError
        content = file.read(length + _CHECKSUM.size)
        if len(content) < length + _CHECKSUM.size:
            raise CutError  # somebody has made it shorter since
        data, checksum = content[:length], _CHECKSUM.unpack(content[length:])[0]
        if masked(crc32c(data)) != checksum:
            raise damaged(place)
        yield Record(data, place)
        place = end


def _length(header: bytes, place: int) -> int:
    if len(header) < _HEADER:
        raise CutError
    length: int = _LENGTH.unpack(header[: _LENGTH.size])[0]
    checksum: int = _CHECKSUM.unpack(header[_LENGTH.size :])[0]
    if masked(crc32c(header[: _LENGTH.size])) != checksum:
        raise damaged(place)
    if length > MOST_BYTES:
        message = f"has a record of {length:,} bytes at byte {place:,}, which no log has"
        raise GraphError(message, hint=DAMAGED)
    return length


def damaged(place: int) -> GraphError:
    """Return the error for a record at a byte that is not what was written."""
    if place == 0:
        return GraphError("does not begin as an event log does", hint=DAMAGED)
    return GraphError(f"is damaged: the record at byte {place:,} is not what was written there", hint=DAMAGED)
