"""Logs that are cut, damaged, or hold what no run leaves: each is one error with a hint, and nothing else."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tensorboard.compat.proto.attr_value_pb2 import AttrValue
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from torch import nn

from tests.pipeline.events.logs import small_capture, write_log
from visunn_lint.errors import GraphError
from visunn_lint.pipeline import capture
from visunn_lint.pipeline.events import as_bytes, topology_of
from visunn_lint.pipeline.events.crc32c import crc32c, masked
from visunn_lint.pipeline.events.framing import framed
from visunn_lint.pipeline.events.reading import STILL_WRITTEN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from visunn_lint.topology import Topology

DIRECT = small_capture()
WHOLE = as_bytes(DIRECT)
SCALAR = framed(Event(step=1, summary=Summary(value=[Summary.Value(tag="loss", simple_value=1.0)])).SerializeToString())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the logs of all examples of a test."""
    return tmp_path_factory.mktemp("logs")


def _read(folder: Path, content: bytes) -> Topology:
    return topology_of([write_log(folder, content)])


def _refusal(folder: Path, content: bytes, name: str = "events.out.tfevents.1") -> str:
    """Return what is said of a log, which has to be one line with a hint."""
    with pytest.raises(GraphError) as caught:
        topology_of([write_log(folder, content, name)])
    assert caught.value.hint
    assert len((caught.value.message + caught.value.hint).splitlines()) == 1
    return caught.value.message


def test_log_that_is_cut_before_its_graph_is_refused_at_every_byte(folder: Path) -> None:
    """What is there is no graph: either nothing was written yet, or it will never be."""
    tiny = as_bytes(capture(nn.ReLU(), (torch.zeros(1),)))
    found = {_refusal(folder, tiny[:length]) for length in range(len(tiny))}
    assert found == {"holds no graph", "ends before its graph"}


def test_log_that_is_cut_behind_its_graph_is_still_being_written(folder: Path) -> None:
    """The graph is whole, at whatever byte what follows ends; the topology says so."""
    for length in range(1, len(SCALAR)):
        assert _read(folder, WHOLE + SCALAR[:length]).captured.reason == STILL_WRITTEN
    assert _read(folder, WHOLE + SCALAR).captured.reason == ""


@settings(max_examples=300, deadline=None)
@given(place=st.integers(0, len(WHOLE) - 1), bits=st.integers(1, 255))
@example(place=46, bits=7)  # the summary of the table becomes something else
def test_flipped_bits_are_noticed(folder: Path, place: int, bits: int) -> None:
    """A log with a changed byte is refused: no record of it is believed without its checksum."""
    damaged = bytearray(WHOLE)
    damaged[place] ^= bits
    with pytest.raises(GraphError):
        _read(folder, bytes(damaged))


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200), name=st.sampled_from(["events.out.tfevents.1", "graph.pb", "graph.pbtxt"]))
def test_arbitrary_bytes_are_no_log(folder: Path, content: bytes, name: str) -> None:
    """Whatever they are taken for."""
    _refusal(folder, content, name)


def test_length_without_data_allocates_nothing(folder: Path) -> None:
    """A record may say that it is as long as it likes, with a checksum that holds: the file is not."""
    assert _refusal(folder, _header(1 << 30)) == "ends before its graph"
    assert _refusal(folder, _header(1 << 62)) == f"has a record of {1 << 62:,} bytes at byte 0, which no log has"


def _header(length: int) -> bytes:
    data = length.to_bytes(8, "little")
    return data + masked(crc32c(data)).to_bytes(4, "little")


def _log(graph: GraphDef, table: bytes | None = None, version: bytes = b"1") -> bytes:
    """Return a log of a graph with any bytes as its table."""
    events = [Event(graph_def=graph.SerializeToString())]
    if table is not None:
        metadata = SummaryMetadata(plugin_data={"plugin_name": "visunn_modules", "content": version})
        value = Summary.Value(tag="modules", metadata=metadata, tensor=TensorProto(string_val=[table]))
        events.insert(0, Event(summary=Summary(value=[value])))
    return b"".join(framed(event.SerializeToString()) for event in events)


def _with_table(change: Callable[[Any], object]) -> bytes:
    """Return the log of the small model with its table changed."""
    table = json.loads(DIRECT.table.to_json())
    change(table)
    return _log(DIRECT.graph, json.dumps(table).encode())


def _with_graph(change: Callable[[Any], object]) -> bytes:
    """Return the log of the small model with its graph changed."""
    graph = GraphDef.FromString(DIRECT.graph.SerializeToString())
    change(graph)
    return _log(graph, DIRECT.table.to_json())


def _deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


TABLES = {
    "module table cannot be read": lambda table: table.update(modules=3),
    "has no model, only parts": lambda table: table["modules"].pop(0),
    "has '0' twice": lambda table: table["modules"].append(table["modules"][1]),
    "has a child that does not lie in it": lambda table: table["modules"][1].update(children=["0"]),
    "are not numbered in their order": lambda table: table["modules"][1]["calls"].reverse(),
    "lies in none that there was, or in itself": lambda table: table["modules"][1]["calls"][0].update(parent=["0", 0]),
    "which is not in the graph": lambda table: table["modules"][1]["calls"][0]["inputs"][0].update(node="gone"),
    "reads or returns output -1": lambda table: table["modules"][1]["calls"][0]["inputs"][0].update(index=-1),
    "a shape that none can have": lambda table: table["modules"][1]["params"][0].update(shape=[-1]),
    "more elements than can be counted": lambda table: table["modules"][1]["params"][0].update(shape=[2**40, 2**40]),
    "a dict among its values": lambda table: table["modules"][1].update(hyperparameters={"a": [{"b": 1}]}),
    "a number of 3,322 bits": lambda table: table["modules"][1].update(hyperparameters={"a": [10**1000]}),
    "lies in more than 200 modules": lambda table: table["modules"].append({"path": "a." * 300 + "a", "kind": "x"}),
}


@pytest.mark.parametrize("said", TABLES)
def test_table_that_no_capture_leaves_is_refused(folder: Path, said: str) -> None:
    """Of wrong types, or at odds with itself or with the graph."""
    assert said in _refusal(folder, _with_table(TABLES[said]))


def _set(key: str, value: bytes) -> Callable[[Any], object]:
    return lambda graph: graph.node[-1].attr[key].CopyFrom(AttrValue(s=value))


GRAPHS = {
    "which is not in the graph": lambda graph: graph.node[0].input.append("gone"),
    "has a cycle": lambda graph: graph.node[1].input.append(graph.node[1].name),
    "two nodes named": lambda graph: graph.node.append(graph.node[0]),
    "holds a graph without nodes": lambda graph: graph.ClearField("node"),
    "is of no kind that there is": _set("_visunn_kind", b"weird"),
    "text of a node cannot be read": _set("_visunn_kind", b"\xff"),
    "which is not in the module table": _set("_visunn_module", b"gone"),
    "lies in 1,000 modules": _set("_visunn_module", b".a" * 1000),
    "specs of a node cannot be read": _set("_visunn_outputs", b"float32[9" + b"9" * 5000 + b"]"),
    "a shape that none can have": _set("_visunn_outputs", b"float32[99999999999999999999]"),
    "an axis that it does not have": _set("_visunn_outputs", b"float32[1,2]!2"),
    "source line of a node cannot be read": _set("_visunn_source", b"1:2:model.py"),
    "reads 1 tensors and tells of 2": _set("_visunn_inputs", b"float32[1,2];float32[1,2]"),
    "arguments of a node cannot be read": _set("_visunn_arguments", b'{"a": '),
    "nested too deeply": _set("_visunn_arguments", b'{"a": ' + _deep(100_000) + b"}"),
}


@pytest.mark.parametrize("said", GRAPHS)
def test_graph_that_no_capture_leaves_is_refused(folder: Path, said: str) -> None:
    """Dangling edges, loops, and attributes of wrong types or sizes."""
    assert said in _refusal(folder, _with_graph(GRAPHS[said]))


def test_call_that_there_was_not_is_refused(folder: Path) -> None:
    """The table knows how often each module was called."""

    def change(graph: Any) -> None:  # noqa: ANN401 -- protobuf's
        node = next(node for node in graph.node if "_visunn_call" in node.attr)
        node.attr["_visunn_call"].i = 7

    assert "belongs to call 7" in _refusal(folder, _with_graph(change))


def test_table_of_100k_levels_is_refused(folder: Path) -> None:
    """Its JSON is not followed down."""
    table = DIRECT.table.to_json().replace(
        b'"hyperparameters":{', b'"hyperparameters":{"a":' + _deep(100_000) + b",", 1
    )
    assert "nested too deeply" in _refusal(folder, _log(DIRECT.graph, table))


def test_graph_file_of_100k_levels_is_refused(folder: Path) -> None:
    """In text and in bytes: protobuf bounds both."""
    text = b'node { name: "a" attr { key: "k" value { ' + b"list { func { attr { value { " * 100_000
    assert "nested too deeply" in _refusal(folder, text, "deep.pbtxt")
    inner = b""
    for _ in range(300):
        inner = AttrValue(s=b"").SerializeToString() + b"\x0a" + _varint(len(inner)) + inner
    content = b"\x0a" + _varint(len(inner)) + inner
    _refusal(folder, content, "deep.pb")


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def test_scope_of_100k_levels_is_refused(folder: Path) -> None:
    """What another program logged names modules by the scopes of its nodes."""
    graph = GraphDef()
    graph.node.add(name="Net/" + "A[a]/" * 100_000 + "op", op="aten::relu")
    assert "lies in 100,001 modules; 200 are the most" in _refusal(folder, graph.SerializeToString(), "deep.pb")


def test_table_of_another_version_is_refused(folder: Path) -> None:
    """It may mean something else."""
    log = _log(DIRECT.graph, DIRECT.table.to_json(), b"2")
    assert _refusal(folder, log) == "was written by another version of visunn, whose tables are of version b'2'"


def test_our_graph_without_its_table_is_read_as_any(folder: Path) -> None:
    """As TensorBoard lets download it: the modules are those that the nodes name."""
    read = _read(folder, _log(DIRECT.graph))
    assert {module.path: len(module.calls) for module in read} == {"": 1, "0": 2, "2": 1}
    assert read.captured.engine == "file"


def test_file_that_cannot_be_read_is_refused(folder: Path) -> None:
    """A pipe would keep us waiting, and a folder is no file."""
    pipe = folder / "events.out.tfevents.pipe"
    os.mkfifo(pipe)
    for place in (pipe, folder, folder / "gone.pb"):
        with pytest.raises(GraphError, match=r"is no file|cannot be read: No such file"):
            topology_of([place])


def test_places_of_a_log_are_python_files(folder: Path) -> None:
    """Reports quote the lines that a graph speaks of: no log decides which files of ours are quoted."""

    def change(graph: Any) -> None:  # noqa: ANN401 -- protobuf's
        for node, file in zip(graph.node[-3:], ["/etc/passwd", "/x/model.py", "/x/" + "a" * 300 + ".py"], strict=True):
            node.attr["_visunn_source"].s = f"3:1:3:9:{file}".encode()

    read = _read(folder, _with_graph(change))
    assert [node.source and node.source.file for node in list(read.nodes.values())[-3:]] == [None, "/x/model.py", None]
