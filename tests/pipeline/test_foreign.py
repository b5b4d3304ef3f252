"""Graphs that torch's own ``graph()`` wrote: what their scopes tell."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import networkx as nx
import pytest
import torch
from tensorboard.compat.proto.graph_pb2 import GraphDef
from torch import Tensor, nn

from examples.three_layer_mlp_recycled import ThreeLayerMLP
from visunn_lint.errors import GraphError
from visunn_lint.pipeline import Capture, build_topology
from visunn_lint.pipeline.foreign import bare_table

if TYPE_CHECKING:
    from visunn_lint.topology import Topology


def read_torchs_graph(model: nn.Module, *inputs: Tensor) -> Topology:
    """Return the topology of the graph that ``SummaryWriter.add_graph`` would log."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torch.utils.tensorboard._pytorch_graph import graph  # noqa: PLC0415 -- warns when imported

        written, _ = graph(model, inputs)  # type: ignore[no-untyped-call]  # torch's
    return build_topology(Capture(written.SerializeToString(), bare_table()))


@pytest.fixture(scope="module")
def recycled() -> Topology:
    """Return what is known of the recycled MLP from torch's graph alone."""
    return read_torchs_graph(ThreeLayerMLP(), torch.zeros(2, 3, 32, 32))


def test_recycled_layer_is_split_into_its_calls(recycled: Topology) -> None:
    """Two relus in one scope that nothing connects are two calls."""
    assert {module.path: len(module.calls) for module in recycled} == {
        "": 1,
        "flatten": 1,
        "linear1": 1,
        "relu": 2,
        "linear2": 1,
        "linear3": 1,
    }


def test_recycled_layer_is_a_cycle_of_the_merged_graph_alone(recycled: Topology) -> None:
    """Merged calls give the cycle, split calls none."""
    assert [set(cycle) for cycle in nx.simple_cycles(recycled.module_graph(merge_calls=True))] == [{"relu", "linear2"}]
    assert nx.is_directed_acyclic_graph(recycled.module_graph())


def test_weights_are_known_by_name_and_not_by_shape(recycled: Topology) -> None:
    """Torch writes weights as attributes without a shape; they are parameters all the same."""
    assert [(param.path, param.shape) for param in recycled["linear1"].params] == [
        ("linear1.bias", None),
        ("linear1.weight", None),
    ]
    linear = recycled.ops("linear", module="linear1")[0]
    assert [node.kind for node in recycled.producers(linear)] == ["op", "param", "param"]


def test_plumbing_is_gone(recycled: Topology) -> None:
    """No constant, list or attribute access is left among the ops."""
    assert [node.short_op for node in recycled.ops()] == ["flatten", "linear", "relu", "linear", "relu", "linear"]


class Siamese(nn.Module):
    """Runs one subtree on two inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.branch = nn.Sequential(nn.Linear(4, 4), nn.ReLU())

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Return the sum of both sides."""
        result: Tensor = self.branch(x) + self.branch(y)
        return result


def test_siamese_subtree_is_two_calls_of_each_of_its_modules() -> None:
    """The calls of the parts belong to the calls of the whole."""
    topology = read_torchs_graph(Siamese(), torch.zeros(2, 4), torch.zeros(2, 4))
    assert [(call.key, call.parent) for call in topology.calls] == [
        (("", 0), None),
        (("branch", 0), ("", 0)),
        (("branch", 1), ("", 0)),
        (("branch.0", 0), ("branch", 0)),
        (("branch.0", 1), ("branch", 1)),
        (("branch.1", 0), ("branch", 0)),
        (("branch.1", 1), ("branch", 1)),
    ]


def test_edge_from_nowhere_is_refused() -> None:
    """Only attribute chains, which torch itself cuts, may hang."""
    graph = GraphDef()
    graph.node.add(name="Net/a", op="aten::relu", input=["gone"])
    with pytest.raises(GraphError, match="reads 'gone', which is not in the graph"):
        build_topology(Capture(graph.SerializeToString(), bare_table()))
