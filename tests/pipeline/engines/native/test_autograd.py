"""Whether autograd would watch an op, told from what the model's own code asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor
from torch.autograd import Function as CustomFunction

from tests.pipeline.engines.native.capturing import topology_of
from tests.pipeline.engines.native.test_data_flow import Function

if TYPE_CHECKING:
    from collections.abc import Callable


class Rounded(CustomFunction):
    """Straight through: the context goes to forward."""

    @staticmethod
    def forward(ctx: object, x: Tensor) -> Tensor:  # noqa: ARG004 -- autograd's signature
        """Return whole numbers."""
        return x.round()

    @staticmethod
    def backward(ctx: object, *grad_outputs: Tensor) -> Tensor:  # noqa: ARG004 -- autograd's signature
        """Pass the gradient on as it is."""
        return grad_outputs[0]


class Floored(CustomFunction):
    """Straight through: what backward needs is set up apart from forward."""

    @staticmethod
    def forward(x: Tensor) -> Tensor:
        """Return whole numbers."""
        return x.floor()

    @staticmethod
    def setup_context(ctx: object, inputs: tuple[Tensor, ...], output: Tensor) -> None:  # noqa: ARG004 -- likewise
        """Compute what nobody needs."""
        inputs[0].sign()

    @staticmethod
    def backward(ctx: object, *grad_outputs: Tensor) -> Tensor:  # noqa: ARG004 -- likewise
        """Pass the gradient on as it is."""
        return grad_outputs[0]


rounded, floored = Rounded.apply, Floored.apply


def _watching(forward: Callable[[Tensor], object]) -> dict[str, str]:
    """Return whether autograd watches each op, by its name."""
    topology = topology_of(Function(forward), torch.ones(2, 4))
    return {node.short_op: node.autograd for node in topology.nodes.values() if node.kind == "op"}


@pytest.mark.parametrize(
    "forward",
    [lambda x: rounded(x + 1) * 2, lambda x: Rounded.apply(x + 1) * 2],
    ids=["bound before", "looked up in the run"],
)
def test_own_backward_answers_for_what_apply_runs(forward: Callable[[Tensor], object]) -> None:
    """Also where ``apply`` was bound when the file was read, as torch's documentation has it."""
    assert _watching(forward) == {"add": "on", "round": "custom", "mul": "on"}


def test_own_backward_answers_for_what_sets_up_its_context() -> None:
    """It is run by ``apply`` as well."""
    assert _watching(lambda x: floored(x) * 2) == {"floor": "custom", "sign": "custom", "mul": "on"}


def test_own_backward_is_never_asked_where_autograd_is_off() -> None:
    """Then no gradient reaches it."""

    def forward(x: Tensor) -> object:
        with torch.no_grad():
            return rounded(x)

    assert _watching(forward) == {"round": "off"}


def test_functions_are_left_as_they_were() -> None:
    """Neither their class nor what looks up its attributes keeps anything of a run."""
    before = (vars(Rounded)["forward"], dict(vars(type(CustomFunction))))
    topology_of(Function(rounded), torch.ones(2, 4))
    assert (vars(Rounded)["forward"], dict(vars(type(CustomFunction)))) == before
