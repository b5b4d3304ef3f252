"""Where the gradient goes by the graph, against where autograd says that it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
import torchvision

from benchmarks.gradients.agreement import by_autograd, by_graph
from tests.models import gradients
from tests.models.gradients import FORWARDS, Parts
from visunn_lint import trace
from visunn_lint.gradients import Why

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("forward", FORWARDS, ids=lambda forward: forward.__name__)
def test_the_graph_agrees_with_autograd(forward: Callable[[Parts, torch.Tensor], object]) -> None:
    """In a real run of its own, on what ends a gradient and on what only looks like it."""
    x = torch.randn(2, 4)
    assert by_graph(Parts(forward), x) == by_autograd(Parts(forward), x)


@pytest.mark.parametrize("name", ["alexnet", "densenet121", "mobilenet_v3_small", "resnet18", "squeezenet1_0"])
def test_the_graph_agrees_with_autograd_on_classifiers(name: str) -> None:
    """Of all kinds of blocks, in train mode."""
    with torch.device("meta"):
        model = torchvision.models.get_model(name, weights=None)
        x = torch.zeros(2, 3, 96, 96)
    assert by_graph(model, x) == by_autograd(model, x)


def _cuts(forward: Callable[[Parts, torch.Tensor], object], label: str) -> list[tuple[str, Why]]:
    topology = trace(Parts(forward), (torch.zeros(2, 4),), mode="train")
    found = next(each for each in topology.gradients if each.param.label == label)
    return [(cut.node.short_op, cut.why) for cut in found.cuts]


@pytest.mark.parametrize(
    ("forward", "cut"),
    [
        (gradients.detached, ("detach", Why.DETACHED)),
        (gradients.data_of, ("data", Why.DETACHED)),
        (gradients.no_grad, ("linear", Why.NO_GRAD)),
        (gradients.argmax, ("argmax", Why.INTEGER)),
        (gradients.indices_of_topk, ("mul", Why.INTEGER)),
        (gradients.through_integers, ("long", Why.INTEGER)),
        (gradients.compared, ("gt", Why.COMPARISON)),
        (gradients.rounded, ("round", Why.STEP)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_cut_is_told_with_its_reason(forward: Callable[[Parts, torch.Tensor], object], cut: tuple[str, Why]) -> None:
    """At the op that ends the gradient, not at one behind it."""
    assert _cuts(forward, "a.weight") == [cut]


def test_a_rounded_value_has_a_gradient_of_zeros() -> None:
    """Autograd reaches it, and it never moves."""
    topology = trace(Parts(gradients.rounded), (torch.zeros(2, 4),), mode="train")
    found = {each.param.label: (each.reaches, each.moves) for each in topology.gradients}
    assert found == {
        "a.weight": (True, False),
        "a.bias": (True, False),
        "b.weight": (True, True),
        "b.bias": (True, True),
    }


def test_what_is_kept_elsewhere_escapes() -> None:
    """An op without readers may have been stored for a loss that the graph does not show."""

    def forward(net: Parts, x: torch.Tensor) -> torch.Tensor:
        net.__dict__["loss"] = net.a(x).square().mean()
        hidden: torch.Tensor = net.b(x)
        return hidden

    topology = trace(Parts(forward), (torch.zeros(2, 4),), mode="train")
    found = {each.param.label: each.escapes for each in topology.gradients}
    assert found == {"a.weight": True, "a.bias": True, "b.weight": False, "b.bias": False}


def test_the_contexts_of_torch_are_put_back() -> None:
    """Following them for a capture leaves no trace."""
    before = [
        dict(vars(each)) for each in (torch.no_grad, torch.enable_grad, torch.set_grad_enabled, torch.inference_mode)
    ]
    apply = vars(torch.autograd.Function)["apply"]
    trace(Parts(gradients.no_grad), (torch.zeros(2, 4),))
    after = [
        dict(vars(each)) for each in (torch.no_grad, torch.enable_grad, torch.set_grad_enabled, torch.inference_mode)
    ]
    assert after == before
    assert vars(torch.autograd.Function)["apply"] is apply
