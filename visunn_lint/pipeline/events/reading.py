"""Event logs and graph files, read: the newest graph, with the module table that was written before it.

Nothing is executed, and nothing is believed before it has been checked: lengths against the size of the file,
records by their checksums, the graph as ``soundness`` has it.
"""

from __future__ import annotations

import stat
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO, Final

from google.protobuf.message import DecodeError
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.graph_pb2 import GraphDef

from visunn_lint.errors import GraphError
from visunn_lint.pipeline.collecting import uncollected
from visunn_lint.pipeline.events.framing import DAMAGED, MOST_BYTES, CutError, damaged, records
from visunn_lint.pipeline.events.soundness import check_graph, check_names
from visunn_lint.pipeline.events.sources import with_python_sources
from visunn_lint.pipeline.events.writing import PLUGIN, VERSION
from visunn_lint.pipeline.foreign import bare_table
from visunn_lint.pipeline.graph import Capture, ModuleTable
from visunn_lint.pipeline.graphdef import decode
from visunn_lint.pipeline.steps import pruned
from visunn_lint.pipeline.targets.logs import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from visunn_lint.pipeline.events.framing import Record
    from visunn_lint.topology import Topology

STILL_WRITTEN: Final = "its log ends within a record: it is still being written, or its writer was stopped"
"""Why a topology may not be the last word of its log."""

_WHAT_TO_LOG: Final = "log one with visunn_lint.Visu, visunn export --to tensorboard, or SummaryWriter.add_graph"


@uncollected()
def topology_of(files: Sequence[Path]) -> Topology:
    """Return the Topology in the files of one event log, or in one GraphDef file (``.pb``, ``.pbtxt``).

    Its rung is ``file``; ``captured.reason`` tells of a log that ends behind its graph within a record. Raises
    GraphError, which says what to do, for everything that is wrong with the files.
    """
    try:
        graph = decode(_checked(_capture(files)))
        check_graph(graph)
        return pruned(with_python_sources(graph))
    except GraphError as error:
        raise GraphError(error.message, hint=error.hint or DAMAGED) from error
    except RecursionError:
        message = "is nested too deeply to be the graph of a model"
        raise GraphError(message, hint=DAMAGED) from None


def holds_graph(files: Sequence[Path]) -> bool:
    """Return whether there is a graph in some files, sound or not; what cannot be read may have one."""
    try:
        return any(True for file in files for _ in _captures(file))
    except GraphError:
        return True
    except CutError:
        return False


def _checked(capture: Capture) -> Capture:
    if not capture.graph.node:
        message = "holds a graph without nodes"
        raise GraphError(message, hint=_WHAT_TO_LOG)
    check_names(capture.graph)
    return capture


def _capture(files: Sequence[Path]) -> Capture:
    """Return the newest graph in some files, which are in the order of their names."""
    newest: Capture | None = None
    reason = ""
    for file in files:
        try:
            for found in _captures(file):
                newest = found
        except CutError:
            reason = STILL_WRITTEN
    if newest is None:
        message = "ends before its graph" if reason else "holds no graph"
        hint = "wait for its writer, or have it written anew" if reason else _WHAT_TO_LOG
        raise GraphError(message, hint=hint)
    return replace(newest, table=_as_read(newest.table, reason))


def _as_read(table: ModuleTable, reason: str) -> ModuleTable:
    return replace(table, captured=replace(table.captured, rung="file", reason=reason))


def _captures(file: Path) -> Iterator[Capture]:
    """Yield the graphs in a file, each with its table. Raises GraphError, and CutError for a log that is cut."""
    with _opened(file) as (opened, size):
        if PREFIX in file.name:
            yield from _in_log(records(opened, size))
        else:
            yield Capture(_graph_file(opened, file.suffix, size), bare_table())


@contextmanager
def _opened(file: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open a file, and tell its size; raises GraphError for what cannot be read, or is no file, such as a pipe."""
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            message = "is no file"
            raise GraphError(message, hint="give an event log, a .pb or a .pbtxt file")
        with file.open("rb") as opened:
            yield opened, status.st_size
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise GraphError(message, hint="see who may read it") from error


@dataclass(slots=True)
class _LastTable:
    """The table that the next graph belongs to; a bare one for a graph that came without."""

    data: bytes | None = None

    def taken(self) -> ModuleTable:
        """Return it; each table is for one graph."""
        data, self.data = self.data, None
        return bare_table() if data is None else ModuleTable.from_json(data)


def _in_log(found: Iterable[Record]) -> Iterator[Capture]:
    last = _LastTable()
    for record in found:
        event = _event(record)
        if event.HasField("graph_def"):
            yield Capture(event.graph_def, last.taken())
        elif event.HasField("summary"):
            table = _table(event)
            if table is not None:
                last.data = table


def _event(record: Record) -> Event:
    try:
        return Event.FromString(record.data)
    except DecodeError:
        raise damaged(record.place) from None


def _table(event: Event) -> bytes | None:
    """Return the module table in an event; raises GraphError for one that a newer visunn wrote."""
    for value in event.summary.value:
        plugin = value.metadata.plugin_data
        if plugin.plugin_name != PLUGIN:
            continue
        if plugin.content != VERSION:
            message = f"was written by another version of visunn, whose tables are of version {plugin.content[:20]!r}"
            raise GraphError(message, hint="read it with that version, or have it written anew")
        return b"".join(value.tensor.string_val)
    return None


def _graph_file(opened: BinaryIO, suffix: str, size: int) -> bytes:
    if size > MOST_BYTES:
        message = f"has {size:,} bytes, which no GraphDef has"
        raise GraphError(message, hint=DAMAGED)
    content = opened.read(size)
    return _from_text(content) if suffix == ".pbtxt" else content


def _from_text(content: bytes) -> bytes:
    """Return a GraphDef that is written in text in protobuf's encoding."""
    from google.protobuf import text_format  # noqa: PLC0415 -- for text alone

    try:
        graph: GraphDef = text_format.Parse(content.decode(), GraphDef())
    except (text_format.ParseError, UnicodeDecodeError, ValueError) as error:
        message = f"holds no GraphDef in text that can be read: {str(error)[:120]}"
        raise GraphError(message, hint=DAMAGED) from None
    encoded: bytes = graph.SerializeToString()
    return encoded
