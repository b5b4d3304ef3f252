"""Control flow that depends on data, values that leave torch and come back, and modes of torch."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from tests.models.case import tokens
from tests.models.hard.case import Computes, Hard, computing, rows


def item(x: Tensor) -> Tensor:
    """A number is taken out of a tensor, and multiplies it."""
    return x * x.abs().max().item()


def branch_on_data(x: Tensor) -> Tensor:
    """The sign of a sum decides which way is gone."""
    return x.exp() if x.sum() > 0 else x.tanh()


def loop_on_data(x: Tensor) -> Tensor:
    """A loop runs until a norm is small."""
    while x.norm() > 1:
        x = x / 2
    return x


def nonzero(x: Tensor) -> Tensor:
    """The number of results depends on the values."""
    return x[x.sum(1).abs().nonzero().squeeze(1)]


def boolean_mask(x: Tensor) -> Tensor:
    """Rows are picked by a mask that is computed from them."""
    return x[x.mean(1) > x.mean()].cumsum(0)


def to_list(x: Tensor) -> Tensor:
    """Values go through a Python list."""
    return torch.tensor(x.tolist()) + x


def through_numpy(x: Tensor) -> Tensor:
    """Values go through an array that shares their memory."""
    array = x.detach().numpy()
    return torch.from_numpy(np.sort(array, axis=1)) * x


def array_that_shares_memory(x: Tensor) -> Tensor:
    """An array is written to, and the tensor changes."""
    x.detach().numpy()[0] = 3
    return x + 1


def constant_from_numpy(x: Tensor) -> Tensor:
    """A table is computed by numpy."""
    return x * torch.from_numpy(np.hanning(4).astype(np.float32)) + torch.as_tensor(np.ones(4, dtype=np.float32))


def fresh_tensors(x: Tensor) -> Tensor:
    """Tensors are made from numbers in forward."""
    return x * torch.tensor([1.0, 2.0, 3.0, 4.0]) + torch.full((4,), 0.5) - x.new_tensor([1.0])


def sizes_from_shapes(x: Tensor) -> Tensor:
    """A shape becomes a tensor, is computed with, and becomes a shape again."""
    size = torch.tensor(x.shape) * torch.tensor([1, 2])
    return x.repeat(1, 2).reshape(size.tolist())[: int(size[0]) - 1]


def positions(x: Tensor) -> Tensor:
    """A causal mask is made by comparing index tensors, and steers a branch."""
    index = torch.arange(x.shape[0])
    mask = index[:, None] >= index[None, :]
    return x.masked_fill(~mask, -1.0) if bool(mask.any()) else x


def no_grad(x: Tensor) -> Tensor:
    """Part of it runs without autograd, part with."""
    with torch.no_grad():
        scale = x.mean()
    with torch.enable_grad():
        y = x * scale
    return y.detach() + x


def inference_mode(x: Tensor) -> Tensor:
    """Part of it makes tensors that autograd will never see."""
    with torch.inference_mode():
        y = x * 2
        y.add_(1)
    return y + x


def grad_switched(x: Tensor) -> Tensor:
    """Autograd is switched by calls."""
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    y = x * 2
    torch.set_grad_enabled(before)
    return y + 1


def autocast(x: Tensor) -> Tensor:
    """A product in lower precision."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return (x @ x).float()


def moved(x: Tensor) -> Tensor:
    """Guarded and unguarded moves between devices."""
    if torch.cuda.is_available() and x.is_cuda:
        x = x.cuda()
    return x.cpu().to("cpu", torch.float64).to(x.device).float() + torch.ones(4, device=x.device)


def own_generator(x: Tensor) -> Tensor:
    """Random numbers from a generator that forward makes."""
    generator = torch.Generator().manual_seed(3)
    return x + torch.rand(4, generator=generator) * torch.randperm(4, generator=generator)


def legacy_constructors(x: Tensor) -> Tensor:
    """Constructors of torch's that tell nobody of their call; one makes an index that another function reads."""
    return x * torch.FloatTensor([1.0, 2.0, 3.0, 4.0]) + _first(x, torch.IntTensor([4]))


def _first(x: Tensor, size: Tensor) -> Tensor:
    return x[:, : size[0]]


_WEIGHTS = {"rows": torch.ones(4)}


def legacy_type(x: Tensor) -> Tensor:
    """A tensor of the file, in a function that names the constructor of its like."""
    weights = _WEIGHTS["rows"]
    return x * weights if isinstance(weights, torch.FloatTensor) else x


def caught_value(x: Tensor) -> Tensor:
    """Where a value cannot be had, another one is taken: on real tensors it can."""
    try:
        scale = float(x.abs().max())
    except RuntimeError:
        scale = 0.0
    return x * scale


def caught_by_all(x: Tensor) -> Tensor:
    """A statement catches everything, the signal that meta tensors do not tell included."""
    try:
        return x @ x.double()
    except:  # noqa: E722 -- what the case is about
        return x @ x


def caught_shape(x: Tensor) -> Tensor:
    """An error that real tensors raise as well is caught: nothing is missing."""
    try:
        return x @ x[:2]
    except RuntimeError:
        return x @ x


class KeptGenerator(nn.Module):
    """Random numbers from a generator that the module keeps."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = torch.Generator().manual_seed(1)

    def forward(self, x: Tensor) -> Tensor:
        return x + torch.randn(4, 4, generator=self.generator)


class GlobalRandom(nn.Module):
    """Random numbers from torch's own generator, of the shape of a tensor and of others."""

    def forward(self, x: Tensor) -> Tensor:
        noise = torch.rand_like(x) + torch.randn(4)
        return nn.functional.dropout(x + noise, 0.5, training=True) * torch.bernoulli(torch.full((4,), 0.5))


class SteeredByTokens(nn.Module):
    """Integers and a mask that choose among branches, rows and lengths."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(10, 4)

    def forward(self, ids: Tensor) -> Tensor:
        keep = ids != 0
        length = int(keep.sum(1).max())
        x = self.embed(ids[:, :length]) * keep[:, :length, None]
        if (ids > 7).any():
            x = x.relu()
        return x[torch.arange(len(ids)), keep.sum(1).clamp(max=length) - 1]


def _flagged(x: Tensor) -> Tensor:
    return x


class Flags(Computes):
    """A boolean tensor among the inputs decides."""

    def forward(self, x: Tensor, flag: Tensor | None = None) -> Tensor:
        return self.linear(x) if flag is not None and flag else x


CASES = (
    computing(item, rung="real"),
    computing(branch_on_data, rung="real"),
    computing(loop_on_data, rung="real"),
    computing(nonzero, rung="real"),
    computing(boolean_mask, rung="real"),
    computing(to_list, rung="real"),
    computing(through_numpy, rung="real"),
    computing(array_that_shares_memory, rung="real"),
    computing(constant_from_numpy),
    computing(fresh_tensors),
    computing(sizes_from_shapes),
    computing(positions),
    computing(no_grad),
    computing(inference_mode),
    computing(grad_switched),
    computing(autocast, rung="real"),
    computing(moved),
    computing(own_generator),
    computing(legacy_constructors),
    computing(legacy_type, elsewhere=1),
    computing(caught_value, rung="real"),
    computing(caught_by_all, rung="real"),
    computing(caught_shape),
    Hard("kept generator", KeptGenerator, rows),
    Hard("global random", GlobalRandom, rows),
    Hard("steered by tokens", SteeredByTokens, tokens(3, 5, vocabulary=10)),
    Hard("flag", lambda: Flags(_flagged), lambda: (*rows(), torch.tensor(True))),  # noqa: FBT003 -- the flag itself
)
