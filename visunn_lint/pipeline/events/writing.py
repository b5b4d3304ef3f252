"""Event logs as TensorBoard reads them: the graph, beside it the module table, and scalars.

The table stands before its graph: a log that ends behind its graph has all of it.
"""

from __future__ import annotations

import os
import socket
import time
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.types_pb2 import DT_STRING

from visunn_lint.errors import VisunnError
from visunn_lint.pipeline.events.framing import framed
from visunn_lint.pipeline.targets.logs import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from visunn_lint.pipeline.graph import Capture

PLUGIN: Final = "visunn_modules"
"""The name under which the table stands in a log: of no plugin of TensorBoard, which leaves it alone."""
VERSION: Final = b"1"
"""The version of the table's format, beside that name."""

_FILE_VERSION: Final = "brain.Event:2"


def as_bytes(capture: Capture, moment: float = 0.0) -> bytes:
    """Return a log that holds a graph and its table, all of it written at one moment (seconds since 1970)."""
    events = (
        Event(wall_time=moment, file_version=_FILE_VERSION),
        Event(wall_time=moment, summary=Summary(value=[_table(capture)])),
        Event(wall_time=moment, graph_def=capture.encoded),
    )
    return b"".join(framed(event.SerializeToString()) for event in events)


def _table(capture: Capture) -> Summary.Value:
    metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name=PLUGIN, content=VERSION))
    tensor = TensorProto(dtype=DT_STRING, string_val=[capture.table.to_json()])
    return Summary.Value(tag="modules", metadata=metadata, tensor=tensor)


def write(capture: Capture, place: Path) -> Path:
    """Return the new log of a capture: the file itself, or one in a folder, which is made.

    A place is a file if its name is that of a log. Raises VisunnError where there is such a file or link already,
    and where nothing can be written.
    """
    writer = LogWriter(capture, place)
    writer.close()
    return writer.file


class LogWriter:
    """A new log of a capture, open for the scalars of a training run; see ``write`` for its place.

    Each record is handed to the system as it comes: a reader sees it at once, and a forked process has no part of it.
    """

    def __init__(self, capture: Capture, place: Path) -> None:
        self.file, content = _file(place), as_bytes(capture, time.time())
        with _told(self.file):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            stream = self.file.open("xb", buffering=0)
        self._stream = stream
        self._finalizer = weakref.finalize(self, stream.close)
        try:
            self._append(content)
        except VisunnError:
            self.close()
            self.file.unlink(missing_ok=True)
            raise

    def add_scalars(self, values: Mapping[str, float], step: int) -> None:
        """Log a number for each tag at a step."""
        summary = Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()])
        self._append(framed(Event(wall_time=time.time(), step=step, summary=summary).SerializeToString()))

    def close(self) -> None:
        """End the log; a second time does nothing."""
        self._finalizer()

    @property
    def is_closed(self) -> bool:
        """Whether it has been ended."""
        return self._stream.closed

    def _append(self, content: bytes) -> None:
        rest = memoryview(content)
        with _told(self.file):
            while rest:
                rest = rest[self._stream.write(rest) :]


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Raise VisunnError for what stops a file from being written."""
    try:
        yield
    except FileExistsError as error:
        message = f"cannot write {error.filename}: there is something of that name"
        raise VisunnError(message, hint="remove it, or give another place") from None
    except OSError as error:
        message = f"cannot write {file}: {error.strerror}"
        raise VisunnError(message, hint="see who may write there, and whether there is room") from error


def _file(place: Path) -> Path:
    """Return a file of a name that no other process gives, in the way of TensorFlow: time, host and process."""
    if PREFIX in place.name:
        return place
    return place / f"{PREFIX}.{time.time_ns()}.{socket.gethostname()}.{os.getpid()}.visunn"
