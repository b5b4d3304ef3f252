"""What stands between a call and ``forward``, or between a weight and its use: hooks, parametrizations, ties."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize, prune

from tests.models.case import floats, tokens
from tests.models.hard.case import Hard, rows

if TYPE_CHECKING:
    from collections.abc import Callable


def _layers() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4))


def _pre_hook() -> nn.Module:
    """Return a network with hooks that change what its first layer gets, one of them in place."""
    model = _layers()
    model[0].register_forward_pre_hook(lambda _module, args: (args[0] * 2,))
    model[2].register_forward_pre_hook(_add_one_to_input)
    return model


def _add_one_to_input(_module: nn.Module, args: tuple[Tensor]) -> None:
    args[0].add_(1)


def _negate_output(_module: nn.Module, _args: object, output: Tensor) -> None:
    output.neg_()


def _forward_hook() -> nn.Module:
    """Return a network with hooks that replace an output, and that only look at one."""
    model = _layers()
    model[0].register_forward_hook(lambda _module, args, output: output + args[0])
    model[1].register_forward_hook(_negate_output)
    model.register_forward_hook(lambda _module, _args, output: {"out": output})
    return model


class Scaled(nn.Module):
    """A layer with a keyword."""

    def forward(self, x: Tensor, *, scale: Tensor | float = 1.0) -> Tensor:
        return x * scale


class Keywords(nn.Module):
    """Hooks that see keywords, and add one."""

    def __init__(self) -> None:
        super().__init__()
        self.scaled = Scaled()
        self.scale = nn.Parameter(torch.full((4,), 3.0))
        self.scaled.register_forward_pre_hook(self._with_scale, with_kwargs=True)
        self.scaled.register_forward_hook(self._minus_scale, with_kwargs=True, always_call=True)

    def _with_scale(
        self, _module: nn.Module, args: tuple[Tensor], kwargs: dict[str, Tensor]
    ) -> tuple[tuple[Tensor], dict[str, Tensor]]:
        return args, {**kwargs, "scale": self.scale}

    def _minus_scale(self, _module: nn.Module, _args: object, kwargs: dict[str, Tensor], output: Tensor) -> Tensor:
        return output - kwargs["scale"]

    def forward(self, x: Tensor) -> Tensor:
        return self.scaled(x)


class GlobalHook(nn.Module):
    """A hook for all modules, for as long as forward runs."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = _layers()

    def forward(self, x: Tensor) -> Tensor:
        seen: list[Tensor] = []
        register = nn.modules.module.register_module_forward_hook
        handle = register(lambda _module, _args, output: seen.append(output))
        try:
            self.layers(x)
        finally:
            handle.remove()
        return torch.stack(seen).sum(0)


class _Symmetric(nn.Module):
    def forward(self, weight: Tensor) -> Tensor:
        return weight.triu() + weight.triu(1).T


def _parametrized() -> nn.Module:
    layer = nn.Linear(4, 4)
    parametrize.register_parametrization(layer, "weight", _Symmetric())
    return nn.Sequential(layer, nn.ReLU())


def _normed(norm: Callable[..., nn.Module]) -> Callable[[], nn.Module]:
    def build() -> nn.Module:
        with warnings.catch_warnings(action="ignore", category=FutureWarning):
            return nn.Sequential(norm(nn.Linear(4, 4)), nn.ReLU())

    return build


def _pruned() -> nn.Module:
    layer = nn.Linear(4, 4)
    prune.l1_unstructured(layer, "weight", amount=0.5)  # type: ignore[no-untyped-call]
    return nn.Sequential(layer, nn.ReLU())


class Tied(nn.Module):
    """An embedding tied to a head, a layer used twice under two names, and weights that are views of one."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.first = nn.Linear(4, 4)
        self.second = self.first
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(self.second(self.first(self.embed(ids))))


class ViewsOfOneWeight(nn.Module):
    """Two buffers that share memory: a write into one is read in the other."""

    whole: Tensor
    part: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("whole", torch.arange(8.0).reshape(2, 4))
        self.register_buffer("part", self.whole[1])

    def forward(self, x: Tensor) -> Tensor:
        self.part.add_(x.mean(0))
        return x @ self.whole.T


class Counting(nn.Module):
    """Buffers that forward writes: a count, a running mean, and one that is bound anew."""

    count: Tensor
    mean: Tensor
    last: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("count", torch.zeros((), dtype=torch.int64))
        self.register_buffer("mean", torch.zeros(4))
        self.register_buffer("last", torch.ones(4))

    def forward(self, x: Tensor) -> Tensor:
        self.count += 1
        self.mean.lerp_(x.mean(0), 0.1)
        self.last = self.last * 0.5 + self.mean
        return (x - self.mean) / self.count + self.last


class MaxNorm(nn.Module):
    """An embedding that renormalises the rows that it reads, in place; of its work only that is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(10, 4, max_norm=0.5)

    def forward(self, ids: Tensor) -> Tensor:
        self.embed(ids)
        return self.embed.weight * 2


class ReadsRunningMean(nn.Module):
    """A batch norm of which only the running statistics are read."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(4)

    def forward(self, x: Tensor) -> Tensor:
        assert self.norm.running_mean is not None
        self.norm(x)
        return x - self.norm.running_mean


def _lazy() -> nn.Module:
    return nn.Sequential(nn.LazyLinear(3), nn.LazyBatchNorm1d())


def _low_rank() -> nn.Module:
    model = _layers()
    model[0] = parametrizations.orthogonal(nn.Linear(4, 4))
    return model


def _replicas() -> nn.Module:
    return nn.DataParallel(nn.Sequential(_layers(), nn.BatchNorm1d(4)))


_NORMS: dict[str, Callable[..., nn.Module]] = {
    "weight norm": parametrizations.weight_norm,
    "spectral norm": parametrizations.spectral_norm,
    "old weight norm": nn.utils.weight_norm,
    "old spectral norm": nn.utils.spectral_norm,
}
CASES = (
    Hard("pre hook", _pre_hook, rows),
    Hard("forward hook", _forward_hook, rows),
    Hard("hooks with keywords", Keywords, rows),
    Hard("global hook", GlobalHook, rows),
    Hard("parametrized", _parametrized, rows),
    Hard("parametrized orthogonal", _low_rank, rows),
    *(Hard(name, _normed(norm), rows) for name, norm in _NORMS.items()),
    Hard("spectral norm in training", _normed(parametrizations.spectral_norm), rows, mode="train"),
    Hard("pruned", _pruned, rows),
    Hard("tied", Tied, tokens(2, 3, vocabulary=10)),
    Hard("views of one buffer", ViewsOfOneWeight, rows),
    Hard("counting", Counting, rows),
    Hard("max norm", MaxNorm, tokens(2, 3, vocabulary=10)),
    Hard("running mean in training", ReadsRunningMean, rows, mode="train"),
    Hard("lazy", _lazy, floats((4, 2))),
    Hard("data parallel", _replicas, rows),
)
