"""Models whose forward changes something: an attribute, a container, a hook, a buffer, a module."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from tests.models.case import Case, floats

if TYPE_CHECKING:
    from torch.utils.hooks import RemovableHandle


class Cache(nn.Module):
    """Keys and values of earlier calls, kept in a list of pairs."""

    def __init__(self) -> None:
        super().__init__()
        self.project = nn.Linear(4, 8)
        self.past: list[tuple[Tensor, Tensor]] = []

    def forward(self, x: Tensor) -> Tensor:
        key, value = self.project(x).chunk(2, dim=-1)
        self.past.append((key, value))
        keys = torch.cat([key for key, _ in self.past])
        values = torch.cat([value for _, value in self.past])
        return torch.softmax(x @ keys.T, dim=-1) @ values


class CallCounter(nn.Module):
    """Its calls counted as an int, and in a buffer."""

    calls_seen: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0
        self.register_buffer("calls_seen", torch.zeros((), dtype=torch.int64))

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        self.calls_seen += 1
        return x * self.calls + self.calls_seen


def _counter_on_a_class() -> nn.Module:
    """Return a model whose forward counts its calls on its class, which is of its own."""

    class ClassCounter(nn.Module):
        calls = 0

        def forward(self, x: Tensor) -> Tensor:
            type(self).calls += 1
            return x * type(self).calls

    return ClassCounter()


class Attributes(nn.Module):
    """A forward that sets a new attribute, replaces one and deletes one."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.first: Tensor | None = None
        self.fresh = True

    def forward(self, x: Tensor) -> Tensor:
        if hasattr(self, "fresh"):
            del self.fresh
        self.last = self.linear(x)
        self.first = self.last if self.first is None else self.first
        return self.last + self.first


class Containers(nn.Module):
    """State in a deque, a set, and a list within a dict."""

    def __init__(self) -> None:
        super().__init__()
        self.recent: deque[Tensor] = deque(maxlen=3)
        self.seen: set[int] = set()
        self.by_name: dict[str, list[Tensor]] = {"x": []}

    def forward(self, x: Tensor) -> Tensor:
        self.recent.append(x * 2)
        self.seen.add(len(self.seen))
        self.by_name["x"].append(x + 1)
        self.by_name[f"call {len(self.seen)}"] = [x]
        return torch.stack([*self.recent, *self.by_name["x"]]).sum(0) * len(self.seen)


@dataclass(slots=True)
class Statistics:
    """A running mean, and all values that it came from, in slots."""

    count: int = 0
    total: Tensor | None = None
    values: list[Tensor] = field(default_factory=list)


class Tracker:
    """An object of no particular kind that holds another."""

    def __init__(self) -> None:
        self.inner = Statistics()

    def update(self, value: Tensor) -> Tensor:
        """Return the mean of all values so far, this one included."""
        self.inner.count += 1
        self.inner.total = value if self.inner.total is None else self.inner.total + value
        self.inner.values.append(value)
        return self.inner.total / self.inner.count


class Objects(nn.Module):
    """State in a dataclass, and in an object that holds one."""

    def __init__(self) -> None:
        super().__init__()
        self.statistics = Statistics()
        self.tracker = Tracker()

    def forward(self, x: Tensor) -> Tensor:
        self.statistics.count += 1
        self.statistics.total = x
        return self.tracker.update(x) * self.statistics.count


class ArrayState(nn.Module):
    """A count in a numpy array."""

    def __init__(self) -> None:
        super().__init__()
        self.counts = np.zeros(2, dtype=np.int64)

    def forward(self, x: Tensor) -> Tensor:
        self.counts[0] += 1
        return x * int(self.counts[0])


class HookThatRemovesItself(nn.Module):
    """A forward hook that doubles the first output and is gone afterwards."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.handle: RemovableHandle = self.linear.register_forward_hook(self._double_once)

    def _double_once(self, _module: nn.Module, _args: object, output: Tensor) -> Tensor:
        self.handle.remove()
        return output * 2

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x)


def _activations_in_a_closure() -> nn.Module:
    """Return a network with a hook that collects outputs in a list outside any module."""
    activations: list[Tensor] = []

    def collect(_module: nn.Module, _args: object, output: Tensor) -> Tensor:
        activations.append(output)
        return output * len(activations)

    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
    model[0].register_forward_hook(collect)
    return model


class HookAddedInForward(nn.Module):
    """A hook that is registered by each call."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        self.linear.register_forward_hook(lambda _module, _args, output: output + 1)
        return self.linear(x)


class ModuleAddedInForward(nn.Module):
    """A layer, a parameter and a buffer that are made by the first call."""

    def forward(self, x: Tensor) -> Tensor:
        if not hasattr(self, "layer"):
            self.layer = nn.Linear(x.shape[-1], 4)
            self.gain = nn.Parameter(torch.ones(4))
            self.register_buffer("offset", torch.ones(4))
        return self.layer(x) * self.gain + self.offset


class ModuleReplacedInForward(nn.Module):
    """Submodules that forward swaps, removes and puts into another mode."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 4)
        self.norm = nn.BatchNorm1d(4)
        self.stack = nn.ModuleList([nn.Dropout(), nn.ReLU()])

    def forward(self, x: Tensor) -> Tensor:
        self.first, self.second = self.second, self.first
        self.norm.eval()
        self.stack.append(nn.Tanh())
        return self.stack[-1](self.norm(self.second(self.first(x))))


class BufferReplaced(nn.Module):
    """A running mean that each call binds to a new tensor."""

    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.ones(4))

    def forward(self, x: Tensor) -> Tensor:
        self.mean = 0.9 * self.mean + 0.1 * x.mean(0)
        return x - self.mean


class ParameterWrittenInForward(nn.Module):
    """A codebook that forward moves towards its input, in place, and a parameter that it freezes."""

    def __init__(self) -> None:
        super().__init__()
        self.codebook = nn.Parameter(torch.ones(2, 4))
        self.scale = nn.Parameter(torch.ones(4))
        self.plain = torch.zeros(4)

    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            self.codebook.add_(x.detach(), alpha=0.1)
            self.codebook.data.mul_(0.9)
        self.scale.requires_grad = False
        self.plain += 1
        return x @ self.codebook.T @ self.codebook * self.scale + self.plain


class GradientsLeftBehind(nn.Module):
    """A forward that runs backward, which leaves gradients on its parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        with torch.enable_grad():
            self.linear(x).sum().backward()
        gradient = self.linear.weight.grad
        return x if gradient is None else x @ gradient


_rows = floats((2, 4))
STATEFUL = (
    Case("cache in a list", Cache, _rows),
    Case("call counter", CallCounter, _rows),
    Case("call counter on a class", _counter_on_a_class, _rows),
    Case("attributes", Attributes, _rows),
    Case("containers", Containers, _rows),
    Case("objects", Objects, _rows),
    Case("numpy array", ArrayState, _rows),
    Case("hook that removes itself", HookThatRemovesItself, _rows),
    Case("list in a hook's closure", _activations_in_a_closure, _rows),
    Case("hook added in forward", HookAddedInForward, _rows),
    Case("module added in forward", ModuleAddedInForward, _rows),
    Case("module replaced in forward", ModuleReplacedInForward, _rows),
    Case("buffer replaced", BufferReplaced, _rows),
    Case("parameter written in forward", ParameterWrittenInForward, _rows),
    Case("gradients left behind", GradientsLeftBehind, _rows),
)
