"""Plumbing leaves the graph; the connections through it stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visunn_lint.pipeline.graph import Graph, ModuleTable
from visunn_lint.pipeline.prune_nodes import prune_nodes
from visunn_lint.records import Captured, Node
from visunn_lint.spec import TensorSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from visunn_lint.records import NodeKind

TENSOR = TensorSpec((2, 3), "float32")
NUMBER = TensorSpec((), "int64")


def node(
    name: str, op: str, *inputs: str, kind: NodeKind = "op", output: TensorSpec | None = TENSOR, slots: int = 1
) -> Node:
    """Return a node that reads the first output of each of its inputs."""
    return Node(
        name,
        op,
        kind,
        inputs=inputs,
        input_slots=(0,) * len(inputs),
        input_specs=(TENSOR,) * len(inputs),
        output_specs=(output,) * slots,
    )


def source(name: str) -> Node:
    """Return an input node."""
    return node(name, "", kind="input")


def graph(nodes: Iterable[Node]) -> Graph:
    """Return the nodes as a decoded graph."""
    return Graph({item.name: item for item in nodes}, ModuleTable("net", (), Captured("torchscript", "real")))


def edges(pruned: Graph) -> dict[str, tuple[str, ...]]:
    """Return who reads whom."""
    return {item.name: item.inputs for item in pruned.nodes.values()}


def test_a_list_goes_and_its_items_are_read_directly() -> None:
    """The reader of a list reads what stands in it, in order, with slots and specs alongside."""
    pruned = prune_nodes(
        graph(
            [
                source("a"),
                source("b"),
                node("list", "prim::ListConstruct", "a", "b", output=None),
                node("dim", "prim::Constant", output=None),
                node("cat", "aten::cat", "list", "dim"),
            ]
        )
    )
    cat = pruned.nodes["cat"]
    assert list(pruned.nodes) == ["a", "b", "cat"]
    assert (cat.inputs, cat.input_slots, cat.input_specs) == (("a", "b"), (0, 0), (TENSOR, TENSOR))


def test_a_connection_through_plumbing_does_not_double_a_direct_one() -> None:
    """``x.view(x.size(0), -1)`` reads ``x`` once."""
    pruned = prune_nodes(
        graph(
            [
                source("x"),
                node("size", "aten::size", "x", output=NUMBER),
                node("shape", "prim::ListConstruct", "size", output=None),
                node("view", "aten::view", "x", "shape"),
            ]
        )
    )
    assert edges(pruned) == {"x": (), "view": ("x",)}


def test_direct_connections_stay_as_they_are() -> None:
    """``x + x`` reads ``x`` twice, and a graph without plumbing comes back with the same nodes."""
    given_graph = graph([source("x"), node("add", "aten::add", "x", "x")])
    assert prune_nodes(given_graph) == given_graph


def test_arithmetic_on_sizes_goes() -> None:
    """Numbers made from sizes are plumbing, however many steps they take; what is shaped by them stays."""
    pruned = prune_nodes(
        graph(
            [
                source("x"),
                node("size", "aten::size", "x", output=NUMBER),
                node("number", "prim::NumToTensor", "size", output=NUMBER),
                node("two", "prim::Constant", output=NUMBER),
                node("half", "aten::floor_divide", "number", "two", output=NUMBER),
                node("int", "aten::Int", "half", output=None),
                node("shape", "prim::ListConstruct", "int", output=None),
                node("zeros", "aten::zeros", "shape"),
            ]
        )
    )
    assert edges(pruned) == {"x": (), "zeros": ("x",)}


def test_a_number_that_is_data_stays() -> None:
    """A scalar made without a size is computed data: a random one, a learned temperature times two."""
    nodes = [
        node("dtype", "prim::Constant", output=None),
        node("rand", "aten::rand", "dtype", output=NUMBER),
        node("scale", "", kind="param", output=NUMBER),
        node("mul", "aten::mul", "scale", "rand", output=NUMBER),
    ]
    assert edges(prune_nodes(graph(nodes))) == {"rand": (), "scale": (), "mul": ("scale", "rand")}


def test_each_element_of_a_tuple_keeps_its_own_source() -> None:
    """What is packed into a tuple and taken out again connects item by item; torch writes an unpack as n nodes."""
    pruned = prune_nodes(
        graph(
            [
                source("a"),
                source("b"),
                node("tuple", "prim::TupleConstruct", "a", "b", output=None),
                node("first", "prim::TupleUnpack", "tuple"),
                node("second", "prim::TupleUnpack", "tuple"),
                node("f", "aten::relu", "first"),
                node("g", "aten::relu", "second"),
            ]
        )
    )
    assert edges(pruned) == {"a": (), "b": (), "f": ("a",), "g": ("b",)}


def test_an_op_that_returns_a_list_gets_the_shapes_of_what_was_taken_out() -> None:
    """``chunk`` has no shape of its own in TorchScript: its unpacked pieces become its outputs."""
    pruned = prune_nodes(
        graph(
            [
                source("x"),
                node("chunk", "aten::chunk", "x", output=None),
                node("left", "prim::ListUnpack", "chunk"),
                node("right", "prim::ListUnpack", "chunk", output=NUMBER),
                node("f", "aten::relu", "right"),
            ]
        )
    )
    relu = pruned.nodes["f"]
    assert pruned.nodes["chunk"].output_specs == (TENSOR, NUMBER)
    assert (relu.inputs, relu.input_slots, relu.input_specs) == (("chunk",), (1,), (NUMBER,))


@pytest.mark.parametrize(
    ("item", "stays"),
    [
        (node("n", "prim::PythonOp"), True),
        (node("n", "prim::PythonOp", output=None), False),
        (node("n", "prim::Constant"), True),
        (node("n", "prim::Constant", output=NUMBER), False),
        (node("n", "prim::GetAttr"), False),
        (node("n", "prim::GetAttr", kind="param", output=None), True),
        (node("n", "", kind="buffer"), True),
        (node("n", "", kind="const"), False),
        (node("n", "Opaque", kind="opaque", output=None), True),
        (node("n", "prim::If", "x"), False),
        (node("n", "aten::split", "x", output=None), True),
    ],
    ids=lambda value: f"{value.kind}-{value.op}-{value.output_specs}" if isinstance(value, Node) else None,
)
def test_only_what_carries_data_stays(item: Node, stays: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    """Custom functions, tensors, parameters and foreign modules carry data; a constant only if it is read."""
    assert ("n" in prune_nodes(graph([source("x"), item])).nodes) is stays


def test_a_constant_stays_while_something_reads_it() -> None:
    """A tensor made before the run is data where an op reads it, through a list too."""
    nodes = [
        node("table", "", kind="const"),
        node("list", "prim::ListConstruct", "table", output=None),
        node("cat", "aten::cat", "list"),
    ]
    assert edges(prune_nodes(graph(nodes))) == {"table": (), "cat": ("table",)}


OPS = (
    "aten::relu", "aten::add", "prim::PythonOp",
    "prim::ListConstruct", "prim::TupleConstruct", "prim::Constant", "prim::NumToTensor", "aten::size", "aten::Int",
    "prim::If",
)  # fmt: skip
UNPACKS = ("prim::ListUnpack", "prim::TupleUnpack")


@st.composite
def graphs(draw: st.DrawFn, *, ops: tuple[str, ...] = OPS) -> Graph:
    """Return a random acyclic graph of data and plumbing."""
    nodes: list[Node] = []
    for index in range(draw(st.integers(1, 40))):
        kind: NodeKind = draw(st.sampled_from(["op"] * 8 + ["input", "param", "const"]))
        names = [f"n{number}" for number in range(index)]
        reads = draw(st.lists(st.sampled_from(names), max_size=4)) if names and kind == "op" else []
        output = draw(st.sampled_from([TENSOR, NUMBER, None]))
        nodes.append(node(f"n{index}", draw(st.sampled_from(ops)), *reads, kind=kind, output=output))
    return graph(nodes)


def reached(nodes: Mapping[str, Node]) -> dict[str, set[str]]:
    """Return the names that each node can be reached from."""
    found: dict[str, set[str]] = {}
    for item in nodes.values():
        found[item.name] = {*item.inputs}.union(*(found[name] for name in item.inputs))
    return found


@given(graphs(ops=OPS + UNPACKS))
def test_pruning_twice_is_pruning_once(random_graph: Graph) -> None:
    """The pass is idempotent."""
    once = prune_nodes(random_graph)
    assert prune_nodes(once) == once


@given(graphs())
def test_who_could_reach_whom_still_can_and_nobody_else(random_graph: Graph) -> None:
    """Between the nodes that stay, reachability is what it was."""
    pruned = prune_nodes(random_graph).nodes
    before = reached(random_graph.nodes)
    assert reached(pruned) == {name: before[name] & pruned.keys() for name in pruned}


@given(graphs(ops=OPS + UNPACKS))
def test_no_edge_is_doubled_and_every_edge_has_a_slot_and_a_spec(random_graph: Graph) -> None:
    """An edge is there more than once only where it was there directly as often."""
    for item in prune_nodes(random_graph).nodes.values():
        pairs = list(zip(item.inputs, item.input_slots, item.input_specs, strict=True))
        direct = random_graph.nodes[item.name].inputs
        for name, slot, _ in pairs:
            assert [edge[:2] for edge in pairs].count((name, slot)) <= max(1, direct.count(name))


class CountedName(str):
    """A node's name that counts how often it is looked up: each step of the pass looks some name up."""

    __slots__ = ()
    lookups = 0

    def __hash__(self) -> int:
        """Return the hash of the text, and count."""
        CountedName.lookups += 1
        return super().__hash__()

    __eq__ = str.__eq__


def lookups(nodes: list[Node]) -> int:
    """Return how many look-ups it takes to prune a graph of these nodes."""
    names = {item.name: CountedName(item.name) for item in nodes}
    counted = graph(
        Node(
            names[item.name], item.op, item.kind, inputs=tuple(names[name] for name in item.inputs),
            input_slots=item.input_slots, input_specs=item.input_specs, output_specs=item.output_specs,
        )
        for item in nodes
    )  # fmt: skip
    CountedName.lookups = 0
    prune_nodes(counted)
    return CountedName.lookups


def chain(size: int) -> list[Node]:
    """Return one op behind a long chain of plumbing, read at its end."""
    links = [node(f"p{i}", "aten::Int", f"p{i - 1}" if i else "x") for i in range(size)]
    return [source("x"), *links, node("end", "aten::relu", f"p{size - 1}")]


def nested_lists(size: int) -> list[Node]:
    """Return lists within lists, each with one more tensor, of which only the outermost is read."""
    tensors = [source(f"x{i}") for i in range(size)]
    lists = [node(f"p{i}", "prim::ListConstruct", *([f"p{i - 1}"] if i else []), f"x{i}") for i in range(size)]
    return [*tensors, *lists, node("end", "aten::cat", f"p{size - 1}")]


def diamonds(size: int) -> list[Node]:
    """Return plumbing that parts and meets again, over and over: the paths through it are two to the size."""
    found = [source("x")]
    last = "x"
    for i in range(size):
        found += [node(f"l{i}", "aten::Int", last), node(f"r{i}", "aten::Float", last)]
        found.append(node(f"m{i}", "prim::ListConstruct", f"l{i}", f"r{i}"))
        last = f"m{i}"
    return [*found, node("end", "aten::cat", last)]


def shared_list(size: int) -> list[Node]:
    """Return one list that many ops read through chains of their own."""
    found = [source("x"), source("y"), node("list", "prim::ListConstruct", "x", "y")]
    for i in range(size):
        found += [node(f"p{i}", "prim::TupleConstruct", "list"), node(f"f{i}", "aten::cat", f"p{i}")]
    return found


@pytest.mark.parametrize("shape", [chain, nested_lists, diamonds, shared_list])
def test_work_grows_with_the_size_and_not_faster(shape: object) -> None:
    """Twice the graph is twice the work, in look-ups counted, whatever the plumbing looks like."""
    assert callable(shape)
    small, large = lookups(shape(500)), lookups(shape(1000))
    assert large <= 2.1 * small


def test_a_chain_of_any_depth_ends() -> None:
    """No recursion: 20,000 pieces of plumbing in a row are no problem."""
    assert list(prune_nodes(graph(chain(20_000))).nodes) == ["x", "end"]
