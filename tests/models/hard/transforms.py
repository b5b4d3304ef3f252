"""Ops that Python does not show as they are: of autograd functions, checkpoints, compilers and transforms."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from tests.models.case import floats
from tests.models.hard.case import Computes, Hard, computing, rows

if TYPE_CHECKING:
    from collections.abc import Callable


class _Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor, factor: float) -> Tensor:
        ctx.save_for_backward(x)
        return x.mul(x).mul_(factor)

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, *grad_outputs: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors  # type: ignore[attr-defined]  # torch's types leave it out
        return 2 * x * grad_outputs[0], None


class _InPlace(torch.autograd.Function):
    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor) -> Tensor:
        ctx.mark_dirty(x)
        return x.add_(1)

    @staticmethod
    def backward(_ctx: torch.autograd.function.FunctionCtx, *grad_outputs: Tensor) -> Tensor:
        return grad_outputs[0]


def autograd_functions(x: Tensor) -> Tensor:
    """Functions with a backward of their own, one of which writes into its argument."""
    y = x * 2
    _InPlace.apply(y)
    return _Square.apply(y, 0.5) + y


def _checkpointing(*, use_reentrant: bool) -> Callable[[Tensor], Tensor]:
    def forward(x: Tensor) -> Tensor:
        result: Tensor = checkpoint(lambda y: (y * 2).relu(), x, use_reentrant=use_reentrant)
        return result + x

    forward.__name__ = f"checkpoint_{'re' if use_reentrant else 'non-re'}entrant"
    return forward


def _tanh_times(x: Tensor, y: Tensor) -> Tensor:
    return torch.tanh(x) * y


def _script(part: object) -> Callable[..., Tensor]:
    with warnings.catch_warnings(action="ignore", category=FutureWarning):
        return cast("Callable[..., Tensor]", torch.jit.script(part))


def _script_function() -> nn.Module:
    """Return a model with a function that TorchScript runs."""
    function = _script(_tanh_times)
    return Computes(lambda x: function(x + 1, x) + 1)


def _scripted_whole() -> nn.Module:
    model = _script(nn.Sequential(nn.Linear(4, 4), nn.ReLU()))
    assert isinstance(model, nn.Module)
    return model


def _with_scripted_part() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 4), _scripted_whole(), nn.Tanh())


def _traced_part() -> nn.Module:
    with warnings.catch_warnings(action="ignore", category=FutureWarning):
        part = torch.jit.trace(nn.Linear(4, 2), torch.ones(1, 4))  # type: ignore[no-untyped-call]
    return nn.Sequential(nn.Linear(4, 4), part)


def _compiled(part: nn.Module) -> nn.Module:
    return cast("nn.Module", torch.compile(part))


def _compiled_whole() -> nn.Module:
    return _compiled(nn.Sequential(nn.Linear(4, 4), nn.ReLU()))


def _compiled_part() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 4), _compiled(nn.Linear(4, 4)), nn.ReLU())


class CompiledMethod(nn.Module):
    """A method that is compiled, and a layer that is compiled in place."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)
        self.layer.compile()
        self.mix = torch.compile(self._mix)

    def _mix(self, x: Tensor) -> Tensor:
        return x.relu() + x.tanh()

    def forward(self, x: Tensor) -> Tensor:
        return self.mix(self.layer(x))


class Functional(nn.Module):
    """A layer called with other weights, and mapped over a batch of weights."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)
        self.weights = nn.Parameter(torch.linspace(0, 1, 48).reshape(3, 4, 4))

    def forward(self, x: Tensor) -> Tensor:
        once = torch.func.functional_call(self.layer, {"weight": self.weights[0]}, (x,))
        several = torch.func.vmap(lambda weight, y: y @ weight, in_dims=(0, None))(self.weights, x)
        return several.sum(0) + once


def function_gradient(x: Tensor) -> Tensor:
    """Gradients of a function by torch.func, of each row by vmap."""
    return torch.func.vmap(torch.func.grad(lambda row: row.pow(3).sum()))(x)


def function_jacobian(x: Tensor) -> Tensor:
    """A product with a Jacobian, forward mode, and a vector product, reverse mode."""
    tangent = torch.func.jvp(torch.sin, (x,), (x,))[1]
    pull = torch.func.vjp(torch.cos, x)[1]
    gradient: Tensor = tangent + pull(x)[0]
    return gradient


class Forces(nn.Module):
    """An energy and its gradient, as a force field has them."""

    def __init__(self) -> None:
        super().__init__()
        self.energy = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))

    def forward(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            positions = positions.requires_grad_()
            energy = self.energy(positions).sum()
            (gradient,) = torch.autograd.grad(energy, positions, create_graph=True)
        return energy, -gradient


CASES = (
    computing(autograd_functions),
    computing(_checkpointing(use_reentrant=True)),
    computing(_checkpointing(use_reentrant=False)),
    Hard("script function", _script_function, rows),
    Hard("scripted part", _with_scripted_part, rows, rung="real"),
    Hard("scripted whole", _scripted_whole, rows, rung="real"),
    Hard("traced part", _traced_part, rows, rung="real"),
    Hard("compiled whole", _compiled_whole, rows),
    Hard("compiled part", _compiled_part, rows),
    Hard("compiled method", CompiledMethod, rows),
    Hard("functional call", Functional, rows),
    computing(function_gradient),
    computing(function_jacobian),
    Hard("forces with graph", Forces, floats((2, 3))),
)
