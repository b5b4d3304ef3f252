"""Modules that only wrap one thing step aside in drawings, and can still be found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from visunn_lint.pipeline.graph import Graph, ModuleTable
from visunn_lint.pipeline.prune_modules import prune_modules
from visunn_lint.records import Call, Captured, Module, Node, Param

if TYPE_CHECKING:
    from collections.abc import Sequence


def calls(path: str, *parents: tuple[str, int]) -> tuple[Call, ...]:
    """Return one call of a module from each of these calls."""
    return tuple(Call(path, index, (), (), parent=parent) for index, parent in enumerate(parents))


def graph(modules: Sequence[Module], nodes: Sequence[Node] = ()) -> Graph:
    """Return modules and nodes as a decoded graph."""
    table = ModuleTable("net", tuple(modules), Captured("native", "meta"))
    return Graph({node.name: node for node in nodes}, table)


def op(name: str, module: str, call: int = 0) -> Node:
    """Return an op node of a module's call."""
    return Node(name, "aten::relu", "op", module, call)


ROOT = Module("", "Net", children=("body",), calls=(Call("", 0, (), ()),))
BODY = Module("body", "Sequential", children=("body.0",), calls=calls("body", ("", 0)))
LEAF = Module("body.0", "ReLU", calls=calls("body.0", ("body", 0)))
ADDING_LEAF = [op("body/0/relu", "body.0"), op("body/0/add", "body.0")]


def test_a_wrapper_is_collapsed_onto_its_only_child() -> None:
    """A Sequential of one module is drawn as that module; the root always stays."""
    assert prune_modules(graph([ROOT, BODY, LEAF], ADDING_LEAF)).collapsed == {"body": "body.0"}


def test_a_module_of_one_op_is_collapsed_onto_it() -> None:
    """A ReLU is drawn as its relu, and whoever wraps the ReLU too."""
    pruned = prune_modules(graph([ROOT, BODY, LEAF], [op("body/0/relu", "body.0")]))
    assert pruned.collapsed == {"body": "body/0/relu", "body.0": "body/0/relu"}


def test_a_recycled_module_of_one_op_leads_to_its_first_call() -> None:
    """Each call of it is that op."""
    relu = Module("relu", "ReLU", calls=calls("relu", ("", 0), ("", 0)))
    nodes = [op("relu/relu", "relu", 0), op("relu/relu_1", "relu", 1)]
    assert prune_modules(graph([ROOT, relu], nodes)).collapsed == {"relu": "relu/relu"}


def test_an_op_named_like_a_module_is_not_followed() -> None:
    """Node names and module paths are two worlds: ``relu`` may be both."""
    relu = Module("relu", "ReLU", calls=calls("relu", ("", 0)))
    assert prune_modules(graph([ROOT, relu], [op("relu", "relu")])).collapsed == {"relu": "relu"}


def test_a_module_that_does_more_is_no_wrapper() -> None:
    """An op or a parameter of its own, a second child, or calling the child twice: there is something to see."""
    own_op = graph([ROOT, BODY, LEAF], [*ADDING_LEAF, op("body/add", "body")])
    own_param = graph([ROOT, structs.replace(BODY, params=(Param("body.scale", (1,), "float32"),)), LEAF], ADDING_LEAF)
    two_children = graph([ROOT, structs.replace(BODY, children=("body.0", "body.1")), LEAF], ADDING_LEAF)
    called_twice = graph(
        [ROOT, BODY, structs.replace(LEAF, calls=calls("body.0", ("body", 0), ("body", 0)))], ADDING_LEAF
    )
    assert [prune_modules(each).collapsed for each in (own_op, own_param, two_children, called_twice)] == [{}] * 4


def test_a_container_that_is_never_called_is_collapsed_onto_its_only_child() -> None:
    """A ModuleList of one module has no forward; its child is called by whoever holds the list."""
    container = structs.replace(BODY, kind="torch.nn.ModuleList", calls=())
    leaf = structs.replace(LEAF, calls=calls("body.0", ("", 0)))
    assert prune_modules(graph([ROOT, container, leaf], ADDING_LEAF)).collapsed == {"body": "body.0"}


def test_a_chain_of_wrappers_leads_to_its_end() -> None:
    """However deep the wrapping, each wrapper leads to what is inside all of them."""
    paths = [".".join(["w"] * depth) for depth in range(1, 12)]
    modules = [
        Module(path, "Sequential", children=(below,))
        for path, below in zip(paths, [*paths[1:], "end"], strict=True)
    ]  # fmt: skip
    ends = prune_modules(graph([ROOT, *modules, Module("end", "ReLU")])).collapsed
    assert ends == dict.fromkeys(paths, "end")


def test_modules_that_hold_each_other_are_left_alone() -> None:
    """A foreign table may lie; a ring of wrappers has no end, and the pass ends all the same."""
    ring = [Module("a", "A", children=("b",)), Module("b", "B", children=("a",)), Module("c", "C", children=("a",))]
    assert prune_modules(graph([ROOT, *ring])).collapsed == {}


@st.composite
def random_graphs(draw: st.DrawFn) -> Graph:
    """Return a random module tree, some called, with random ops in it."""
    count = draw(st.integers(1, 25))
    parents = [draw(st.integers(0, index)) for index in range(count)]
    paths = ["", *(f"m{index}" for index in range(count))]
    children: dict[str, list[str]] = {path: [] for path in paths}
    for path, parent in zip(paths[1:], parents, strict=True):
        children[paths[parent]].append(path)
    owner = {child: path for path, below in children.items() for child in below}
    modules = [
        Module(
            path, "M", children=tuple(children[path]),
            calls=calls(path, *[(owner.get(path, ""), 0)] * draw(st.integers(0, 2))),
        )
        for path in paths
    ]  # fmt: skip
    nodes = [op(f"op{index}", draw(st.sampled_from(paths))) for index in range(draw(st.integers(0, 30)))]
    return graph(modules, nodes)


@given(random_graphs())
def test_collapsing_twice_is_collapsing_once(random_graph: Graph) -> None:
    """The pass is idempotent and takes neither modules nor nodes away."""
    once = prune_modules(random_graph)
    assert prune_modules(once) == once
    assert replace(once, collapsed={}) == random_graph


@given(random_graphs())
def test_what_stands_for_a_module_is_there_and_stands_for_itself(random_graph: Graph) -> None:
    """Every value is a module or a node of the graph, and no value leads further."""
    pruned = prune_modules(random_graph)
    things = {module.path for module in pruned.table.modules} | pruned.nodes.keys()
    assert set(pruned.collapsed.values()) <= things
    assert not set(pruned.collapsed.values()) & pruned.collapsed.keys()
