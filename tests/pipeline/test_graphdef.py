"""GraphDef as the interchange format: what is written is what is read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.compat.proto.attr_value_pb2 import AttrValue
from tensorboard.compat.proto.graph_pb2 import GraphDef

from visunn_lint.errors import GraphError
from visunn_lint.location import Location
from visunn_lint.pipeline.graph import Capture, ModuleTable
from visunn_lint.pipeline.graphdef import GraphWriter, Names, decode, encoded_names
from visunn_lint.records import Captured, Node
from visunn_lint.spec import TensorSpec

TABLE = ModuleTable("Net", (), Captured("native", "meta"))
PAIR = (TensorSpec((2, 3), "float32"), TensorSpec((), "int64", "cuda:0"))


def read(writer: GraphWriter) -> dict[str, Node]:
    """Return the nodes after a way through bytes."""
    return dict(decode(Capture(writer.encoded(), TABLE)).nodes)


def parsed(writer: GraphWriter) -> GraphDef:
    """Return what a writer wrote, as others read it."""
    return GraphDef.FromString(writer.encoded())


def named(name: str) -> bytes:
    """Return a name as a writer takes it."""
    return encoded_names([name])[0]


def test_every_field_of_a_node_comes_back() -> None:
    """Kind, call, slots, specs, arguments, line and label survive the bytes."""
    writer = GraphWriter()
    place = Location("/a:b/c d.py", 3, 5, 4, 9)
    writer.add(named("Net/input/x"), "input", "input", outputs=PAIR, label="x")
    inputs = encoded_names(["Net/input/x:1", "Net/input/x"])
    writer.add(
        named("Net/fc/op"), "aten::op", "op", inputs=inputs, outputs=(PAIR[0], None), module="a/b.ü",
        call=2, arguments={"dim": (1, -1), "p": 0.5, "none": None, "flag": True}, source=place,
    )  # fmt: skip
    assert read(writer)["Net/fc/op"] == Node(
        name="Net/fc/op",
        op="aten::op",
        kind="op",
        module="a/b.ü",
        call=2,
        inputs=("Net/input/x", "Net/input/x"),
        input_slots=(1, 0),
        input_specs=(PAIR[1], PAIR[0]),
        output_specs=(PAIR[0], None),
        attributes={"dim": (1, -1), "p": 0.5, "none": None, "flag": True},
        source=place,
    )


def test_specs_that_an_op_saw_differ_from_what_was_given_out() -> None:
    """A reader of a base after a write through its view sees the shape of the base."""
    writer = GraphWriter()
    writer.add(named("a"), "aten::zero_", "op", outputs=PAIR[:1])
    writer.add(
        named("b"),
        "aten::relu",
        "op",
        inputs=encoded_names(["a"]),
        seen=(TensorSpec((6,), "float32"),),
        outputs=PAIR[:1],
    )
    assert read(writer)["b"].input_specs == (TensorSpec((6,), "float32"),)


def test_tensorboard_reads_the_shapes() -> None:
    """The standard attribute holds the shapes, unknown rank for what is no tensor."""
    writer = GraphWriter()
    writer.add(named("a"), "aten::op", "op", outputs=(PAIR[0], None))
    shapes = parsed(writer).node[0].attr["_output_shapes"].list.shape
    assert [([dim.size for dim in shape.dim], shape.unknown_rank) for shape in shapes] == [([2, 3], False), ([], True)]


_SIZES = st.integers(-(1 << 63), (1 << 63) - 1) | st.sampled_from([-1, 0, 1, 127, 128, 1 << 32])


@given(st.lists(st.none() | st.lists(_SIZES, max_size=5).map(tuple), min_size=1, max_size=4))
def test_shapes_are_written_as_protobuf_writes_them(shapes: list[tuple[int, ...] | None]) -> None:
    """Byte for byte, whatever the sizes."""
    expected = AttrValue()
    for shape in shapes:
        written = expected.list.shape.add(unknown_rank=shape is None)
        for size in shape or ():
            written.dim.add(size=size)
    writer = GraphWriter()
    writer.add(
        named("a"),
        "aten::op",
        "op",
        outputs=tuple(shape if shape is None else TensorSpec(shape, "int8") for shape in shapes),
    )
    assert parsed(writer).node[0].attr["_output_shapes"].SerializeToString() == expected.SerializeToString()


@given(st.lists(st.text(max_size=8), min_size=1, max_size=40))
def test_names_are_unique_and_legal(keys: list[str]) -> None:
    """Whatever the parts hold, no two names are alike and TensorBoard takes each."""
    names = Names()
    taken = [names.take("Net", key, "op") for key in keys]
    assert len(set(taken)) == len(keys)
    assert all(re.fullmatch(r"[A-Za-z0-9.][A-Za-z0-9_./-]*", name) for name in taken)


def test_nodes_in_any_order_are_read_in_execution_order() -> None:
    """A reader written before its producer is put behind it."""
    writer = GraphWriter()
    writer.add(named("b"), "aten::relu", "op", inputs=encoded_names(["a"]), outputs=PAIR[:1])
    writer.add(named("a"), "aten::relu", "op", outputs=PAIR[:1])
    assert list(read(writer)) == ["a", "b"]


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        ({"a": ["b"], "b": ["a"]}, "the graph has a cycle, at or before node 'a'; a graph of one run has none"),
        ({"a": ["a"]}, "the graph has a cycle, at or before node 'a'; a graph of one run has none"),
        ({"a": ["gone"]}, "node 'a' reads 'gone', which is not in the graph"),
    ],
)
def test_graph_that_no_run_makes_is_refused(edges: dict[str, list[str]], message: str) -> None:
    """A cycle, a loop, an edge from nowhere: one line that names the node."""
    writer = GraphWriter()
    for name, inputs in edges.items():
        writer.add(named(name), "aten::relu", "op", inputs=encoded_names(inputs), outputs=PAIR[:1])
    with pytest.raises(GraphError, match=f"^{re.escape(message)}$"):
        read(writer)


def test_name_given_twice_is_refused() -> None:
    """Two nodes of one name cannot both be meant by an edge."""
    graph = GraphDef()
    graph.node.add(name="a", op="x")
    graph.node.add(name="a", op="x")
    with pytest.raises(GraphError, match="two nodes named 'a'"):
        decode(Capture(graph.SerializeToString(), TABLE))


@pytest.mark.parametrize("reverse", [False, True])
def test_graph_of_a_hundred_thousand_nodes_in_a_row_is_read(*, reverse: bool) -> None:
    """Depth is no limit, in whichever order the nodes stand."""
    count = 100_000
    graph = GraphDef()
    order = range(count - 1, -1, -1) if reverse else range(count)
    for index in order:
        graph.node.add(name=f"n{index}", op="aten::relu", input=[f"n{index - 1}"] if index else [])
    assert list(decode(Capture(graph.SerializeToString(), TABLE)).nodes) == [f"n{index}" for index in range(count)]


@given(st.binary(max_size=40))
def test_damaged_attributes_are_one_line(data: bytes) -> None:
    """Whatever stands in our attributes, reading ends in nodes or in a GraphError."""
    for attribute in ("_visunn_outputs", "_visunn_arguments", "_visunn_source", "_visunn_inputs"):
        writer = GraphWriter()
        writer.add(named("a"), "aten::relu", "op", outputs=PAIR[:1])
        graph = parsed(writer)
        graph.node[0].attr[attribute].s = data
        try:
            decode(Capture(graph.SerializeToString(), TABLE))
        except GraphError as error:
            assert "\n" not in str(error)  # noqa: PT017 -- either outcome is right


def test_module_table_comes_back_from_json() -> None:
    """The table that travels beside a graph is the same after a way through bytes."""
    assert ModuleTable.from_json(TABLE.to_json()) == TABLE


def test_damaged_module_table_is_one_line() -> None:
    """What is no table is refused with the reason."""
    with pytest.raises(GraphError, match=r"^the module table cannot be read: "):
        ModuleTable.from_json(b'{"name": 3}')
