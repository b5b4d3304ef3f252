"""The twelve models that Visunn's README measured: captured whole, without weights or compute."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import pytest
import torch

import visunn_lint
from tests.models.seed import SEED
from tests.models.wrappers import tensors

if TYPE_CHECKING:
    from torch import nn

    from tests.models.case import Case
    from visunn_lint import Topology
    from visunn_lint.records import Mode

Shapes: TypeAlias = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Subject:
    """A seed model, and its capture in one mode."""

    case: Case
    model: nn.Module
    topology: Topology


@pytest.fixture(scope="module", params=SEED, ids=str)
def built(request: pytest.FixtureRequest) -> tuple[Case, nn.Module]:
    """Return a seed model, built for real once for both modes."""
    torch.manual_seed(0)
    return request.param, request.param.build()


@pytest.fixture(scope="module", params=["eval", "train"])
def subject(request: pytest.FixtureRequest, built: tuple[Case, nn.Module]) -> Subject:
    """Return a seed model in a mode, and its capture in that mode."""
    (case, model), mode = built, request.param
    model.train(mode=mode == "train")
    return Subject(case, model, capture(case, model, mode))


def capture(case: Case, model: nn.Module, mode: Mode) -> Topology:
    """Return the topology of a case's model in a mode."""
    return visunn_lint.trace(model, case.args(), mode=mode)


def test_is_captured_on_the_first_rung(subject: Subject) -> None:
    """The native engine needs no values, whatever the mode."""
    captured = subject.topology.captured
    assert (captured.engine, captured.rung, captured.reason) == ("native", "meta", "")
    assert captured.mode == ("train" if subject.model.training else "eval")
    assert subject.topology.failure is None


def test_every_op_has_output_shapes(subject: Subject) -> None:
    """No op is without an output, and no output without a shape."""
    ops = subject.topology.ops()
    assert ops
    assert [node.name for node in ops if not node.output_specs or None in node.output_specs] == []


def test_every_parameter_and_buffer_has_its_shape(subject: Subject) -> None:
    """The module table gives each parameter and buffer the shape that it has in the model."""
    topology, model = subject.topology, subject.model
    assert {param.path: param.shape for module in topology for param in module.params} == {
        name: tuple(parameter.shape) for name, parameter in model.named_parameters()
    }
    assert {buffer.path: buffer.shape for module in topology for buffer in module.buffers} == {
        name: tuple(buffer.shape) for name, buffer in model.named_buffers()
    }


def test_every_weight_node_has_its_shape(subject: Subject) -> None:
    """A parameter is a node of the graph with its shape: what the seed could not recover."""
    nodes = [node for node in subject.topology.nodes.values() if node.kind == "param"]
    assert {node.label: node.output_specs[0] and node.output_specs[0].shape for node in nodes} == {
        name: tuple(parameter.shape) for name, parameter in used_parameters(subject.model)
    }


def test_every_call_has_the_output_shapes_of_a_real_run(subject: Subject) -> None:
    """What forward hooks see in a real run is what the capture says, for every module call."""
    seen = {call.key: tuple(slot.spec.shape for slot in call.outputs) for call in subject.topology.calls}
    assert seen == real_output_shapes(subject.model, subject.case)


def test_parameter_count_is_the_sum_over_unique_parameters(subject: Subject) -> None:
    """Each parameter is counted once."""
    assert subject.topology.parameter_count == sum(parameter.numel() for parameter in subject.model.parameters())


def used_parameters(model: nn.Module) -> list[tuple[str, nn.Parameter]]:
    """Return the parameters that forward reads: GoogLeNet leaves its auxiliary heads out in eval."""
    return [
        (name, parameter)
        for name, parameter in model.named_parameters()
        if model.training or not name.startswith(("aux1.", "aux2."))
    ]


@torch.no_grad()
def real_output_shapes(model: nn.Module, case: Case) -> dict[tuple[str, int], Shapes]:
    """Return the output shapes of every module call of a real run, by path and index."""
    shapes: defaultdict[str, list[Shapes]] = defaultdict(list)

    def record(path: str, _module: nn.Module, _args: object, output: object) -> None:
        shapes[path].append(tuple(tuple(tensor.shape) for tensor in tensors(output)))

    handles = [module.register_forward_hook(partial(record, path)) for path, module in model.named_modules()]
    model(*case.args())
    for handle in handles:
        handle.remove()
    return {(path, index): shape for path, calls in shapes.items() for index, shape in enumerate(calls)}
