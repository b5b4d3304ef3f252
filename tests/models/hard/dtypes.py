"""Numbers other than float32, layouts other than dense, and tensors of a class of their own."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from tests.models.case import floats
from tests.models.hard.case import Hard, computing, rows

if TYPE_CHECKING:
    from collections.abc import Sequence


def fourier(x: Tensor) -> Tensor:
    """There and back by the fast Fourier transform, with a filter between."""
    spectrum = torch.fft.rfft2(x)
    spectrum = spectrum * torch.tensor([1, 0.5, 0.25], dtype=torch.complex64)
    return torch.fft.irfft2(spectrum, s=x.shape)


def parts_of_complex(x: Tensor) -> Tensor:
    """A write into the real part is a write into the number; conjugates are lazy."""
    z = torch.complex(x, x.flip(0))
    z.real.mul_(2)
    z.imag += 1
    return torch.view_as_real(z.conj() * z) + torch.view_as_real(z.T.conj().resolve_conj())


def polar(x: Tensor) -> Tensor:
    """Rotary position: pairs as complex numbers, turned."""
    pairs = torch.view_as_complex(x.reshape(4, 2, 2))
    turned = pairs * torch.polar(torch.ones(2), torch.tensor([0.1, 0.2]))
    return torch.view_as_real(turned).flatten(1)


def quantised(x: Tensor) -> Tensor:
    """Quantised per tensor and per channel, and back."""
    per_tensor = torch.quantize_per_tensor(x, 0.1, 0, torch.qint8)
    per_channel = torch.quantize_per_channel(x, torch.full((4,), 0.1), torch.zeros(4), 0, torch.qint8)
    return per_tensor.dequantize() + per_channel.dequantize() + per_tensor.int_repr()


def fake_quantised(x: Tensor) -> Tensor:
    """Rounding as if quantised."""
    return torch.fake_quantize_per_tensor_affine(x, 0.1, 0, -128, 127)


def nested(x: Tensor) -> Tensor:
    """Rows of several lengths in one tensor."""
    ragged = torch.nested.nested_tensor([x[0, :2], x[1]])
    return torch.nested.to_padded_tensor(ragged * 2, 0.0)


def jagged(x: Tensor) -> Tensor:
    """Rows of several lengths, as a view of their values and offsets; torch has a global tensor for that."""
    ragged = torch.nested.nested_tensor_from_jagged(x, torch.tensor([0, 1, 4]))
    return (ragged * 2).values()


def sparse(x: Tensor) -> Tensor:
    """A product with a sparse matrix that forward makes."""
    index = torch.tensor([[0, 1, 3], [1, 2, 0]])
    matrix = torch.sparse_coo_tensor(index, torch.tensor([1.0, 2.0, 3.0]), (4, 4), check_invariants=False)
    return torch.sparse.mm(matrix, x)


def low_precision(x: Tensor) -> Tensor:
    """bfloat16 and half in between."""
    return (x.bfloat16() * 2).float() + x.half().float()


def bits(x: Tensor) -> Tensor:
    """Booleans and integers made of comparisons, and computed with."""
    positive = (x > 0) & ~(x > 0.5) | (x < -0.5)
    counts = positive.long().cumsum(1) << 1
    return x * counts.bitwise_and(3) + positive


def integer_division(x: Tensor) -> Tensor:
    """Divisions of several kinds, and remainders."""
    return x // 0.3 + x % 0.7 + torch.div(x, 0.2, rounding_mode="trunc") + 1 / (x * x + 1) + 2**x


def contractions(x: Tensor) -> Tensor:
    """Several ways to write sums of products."""
    y = torch.einsum("ij,kj->ik", x, x) + torch.tensordot(x, x, dims=([1], [0]))
    return torch.einsum("bi,bi->b", y, x) + torch.linalg.multi_dot([x, x, x[0]]) + torch.inner(x, x[1])


def decompositions(x: Tensor) -> Tensor:
    """Ops that return a named tuple, of which some parts are read."""
    q, r = torch.linalg.qr(x + 5 * torch.eye(4))
    values = torch.sort(x, dim=1).values
    return q @ r + torch.var_mean(x, 1)[1] + x.max(0).indices + x.topk(4).values + values


class Tagged(Tensor):
    """A tensor that remembers nothing but its class."""


def subclassed(x: Tensor) -> Tensor:
    """Ops on a subclass give that subclass."""
    y = x.as_subclass(Tagged)
    return (torch.cat([y, y * 2]) + 1).as_subclass(Tensor)


class Logged(Tensor):
    """A tensor that has a say in every torch function."""

    @classmethod
    def __torch_function__(
        cls, func: object, types: Sequence[type], args: tuple[object, ...] = (), kwargs: dict[str, object] | None = None
    ) -> object:
        """Do what torch does."""
        return super().__torch_function__(func, types, args, kwargs)  # type: ignore[no-untyped-call]


class SubclassedParameter(nn.Module):
    """A weight of a class that overrides torch functions."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.linspace(0, 1, 16).reshape(4, 4).as_subclass(Logged))

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.linear(x, self.weight)


class DynamicallyQuantised(nn.Module):
    """A linear layer of int8 weights, which live in an object that Python cannot see into."""

    def __init__(self) -> None:
        super().__init__()
        floating = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        with warnings.catch_warnings(action="ignore"):
            self.layers = torch.ao.quantization.quantize_dynamic(floating, {nn.Linear})  # type: ignore[no-untyped-call]

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x) + 1


class Mixed(nn.Module):
    """Weights of float64 and of bfloat16."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4).double()
        self.second = nn.Linear(4, 4).bfloat16()

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.first(x.double()).bfloat16()).float()


class ComplexLayer(nn.Module):
    """A weight of complex numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 2, dtype=torch.complex64)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(torch.complex(x, x)).abs()


CASES = (
    computing(fourier),
    computing(parts_of_complex),
    computing(polar),
    computing(quantised, rung="real"),
    computing(fake_quantised, rung="real"),
    computing(nested, rung="real"),
    computing(jagged, rung="real", elsewhere=1),
    computing(sparse, rung="real"),
    computing(low_precision),
    computing(bits),
    computing(integer_division),
    computing(contractions),
    computing(decompositions),
    computing(subclassed),
    Hard("parameter of a subclass", SubclassedParameter, rows),
    Hard("dynamically quantised", DynamicallyQuantised, rows, rung="real"),
    Hard("mixed precisions", Mixed, rows),
    Hard("complex layer", ComplexLayer, floats((2, 4))),
)
