"""Modules that are used more than once: every call is told apart, and the merged view has the cycle."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import networkx as nx
import pytest

import visunn_lint
from examples.three_layer_mlp_recycled import ThreeLayerMLP
from tests.models import recycled

if TYPE_CHECKING:
    from tests.models.case import Case
    from visunn_lint import Topology


def test_the_recycled_relu_of_the_seed_is_a_cycle() -> None:
    """The merged module graph has the one cycle that the seed's README tells of."""
    graph = visunn_lint.trace(ThreeLayerMLP(), ThreeLayerMLP.example_inputs).module_graph(merge_calls=True)
    assert [set(cycle) for cycle in nx.simple_cycles(graph)] == [{"relu", "linear2"}]


def test_the_recycled_relu_of_the_seed_is_split_by_call() -> None:
    """With its calls apart the same graph is the chain that forward reads as."""
    topology = visunn_lint.trace(ThreeLayerMLP(), ThreeLayerMLP.example_inputs)
    assert nx.is_directed_acyclic_graph(topology.module_graph())
    assert edges(topology) == chain(
        "x", "flatten#0", "linear1#0", "relu#0", "linear2#0", "relu#1", "linear3#0", "output 0"
    )


def test_a_recycled_module_has_a_call_a_use() -> None:
    """Both calls of the relu are there, with what each was given."""
    topology = trace(recycled.RECYCLED_RELU)
    assert calls(topology) == ["<root>#0", "linear1#0 in <root>#0", "linear2#0 in <root>#0", *both("relu")]
    assert edges(topology) == chain("x", "linear1#0", "relu#0", "linear2#0", "relu#1", "output 0")
    assert edges(topology, merge_calls=True) == sorted(
        [("x", "linear1"), ("linear1", "relu"), ("relu", "linear2"), ("linear2", "relu"), ("relu", "output 0")]
    )


def test_a_siamese_subtree_is_two_branches() -> None:
    """The two runs of one encoder stay apart; merged they are one branch, without a cycle."""
    topology = trace(recycled.SIAMESE)
    assert calls(topology) == [
        "<root>#0",
        *both("encoder"),
        "encoder.0#0 in encoder#0",
        "encoder.0#1 in encoder#1",
        "encoder.1#0 in encoder#0",
        "encoder.1#1 in encoder#1",
        "head#0 in <root>#0",
    ]
    assert edges(topology) == sorted(
        chain("left", "encoder.0#0", "encoder.1#0", "head#0")
        + chain("right", "encoder.0#1", "encoder.1#1", "head#0")
        + chain("head#0", "output 0")
    )
    assert edges(topology, merge_calls=True) == sorted(
        [("left", "encoder.0"), ("right", "encoder.0"), *chain("encoder.0", "encoder.1", "head", "output 0")]
    )


def test_a_module_under_two_names_is_one_module() -> None:
    """It has its first name, is found by both, and calls under either count as its own."""
    topology = trace(recycled.TWO_NAMES)
    assert topology["second"] is topology["first"]
    assert topology["first"].aliases == ("second",)
    assert calls(topology) == ["<root>#0", *both("first"), "between#0 in <root>#0"]
    assert edges(topology) == chain("x", "first#0", "between#0", "first#1", "output 0")


def test_three_calls_in_a_loop_are_a_chain_of_three() -> None:
    """A cell that is fed its own output is a loop of the merged graph alone."""
    topology = trace(recycled.LOOP)
    assert calls(topology) == ["<root>#0", *both("cell"), "cell#2 in <root>#0"]
    assert edges(topology) == chain("x", "cell#0", "cell#1", "cell#2", "output 0")
    assert edges(topology, merge_calls=True) == sorted([("x", "cell"), ("cell", "cell"), ("cell", "output 0")])


def test_recursion_nests_the_calls_of_one_module() -> None:
    """Each call of a module that calls itself is the parent of the next."""
    topology = trace(recycled.RECURSIVE)
    assert calls(topology) == [
        "<root>#0",
        "<root>#1 in <root>#0",
        "<root>#2 in <root>#1",
        "linear#0 in <root>#0",
        "linear#1 in <root>#1",
        "linear#2 in <root>#2",
    ]
    assert edges(topology) == chain("x", "linear#0", "linear#1", "linear#2", "output 0")


@pytest.mark.filterwarnings("ignore:None of the inputs have requires_grad")  # torch says so of any run without
@pytest.mark.parametrize("case", [recycled.CHECKPOINTED, recycled.CHECKPOINTED_REENTRANT], ids=str)
def test_a_call_inside_a_checkpoint_is_a_call(case: Case) -> None:
    """Checkpointing neither hides the calls within it nor doubles them."""
    topology = trace(case)
    assert calls(topology) == [
        "<root>#0",
        "stem#0 in <root>#0",
        "block#0 in <root>#0",
        "block.0#0 in block#0",
        "block.1#0 in block#0",
    ]
    assert edges(topology) == chain("x", "stem#0", "block.0#0", "block.1#0", "output 0")


def trace(case: Case) -> Topology:
    """Return the topology of a case's model."""
    return visunn_lint.trace(case.build(), case.args())


def both(path: str) -> list[str]:
    """Return how ``calls`` spells two calls that the root makes."""
    return [f"{path}#0 in <root>#0", f"{path}#1 in <root>#0"]


def chain(*names: str) -> list[tuple[str, str]]:
    """Return the sorted edges that lead along some names."""
    return sorted(pairwise(names))


def calls(topology: Topology) -> list[str]:
    """Return every call and the one that it happened in, module by module."""
    return [
        f"{_spell(call.key)} in {_spell(call.parent)}" if call.parent else _spell(call.key) for call in topology.calls
    ]


def edges(topology: Topology, *, merge_calls: bool = False) -> list[tuple[str, str]]:
    """Return the sorted edges of the module graph, nodes by their labels and calls as ``path#index``."""
    graph = topology.module_graph(merge_calls=merge_calls)
    names = {
        vertex: _spell(vertex) if data["kind"] == "module" else _label(topology, vertex)
        for vertex, data in graph.nodes(data=True)
    }
    return sorted((names[source], names[target]) for source, target in graph.edges)


def _spell(key: tuple[str, int] | str) -> str:
    if isinstance(key, str):
        return key
    path, index = key
    return f"{path or '<root>'}#{index}"


def _label(topology: Topology, name: str) -> str:
    node = topology.nodes[name]
    return f"output {node.label}" if node.kind == "output" else node.label
