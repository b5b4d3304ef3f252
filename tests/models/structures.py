"""Models with unusual names, several outputs of one op, or structured inputs and outputs."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tests.models.case import Case, floats

NASTY_KEYS = ("a/b", "a:b", "a:1", "[0]", "x^2", "two words", "größe", "层", "^in", "</script>", "%s{}", "forward ")


class NastyKeys(nn.Module):
    """Layers under keys that are legal in a ModuleDict, and special in some format or other."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleDict({key: nn.Linear(4, 4) for key in NASTY_KEYS})

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers.values():
            x = layer(x)
        return x


class SeveralOutputs(nn.Module):
    """Ops that return more than one tensor, of which some are used, and not in order."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(2, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        first, second = x.chunk(2, dim=-1)
        _, (hidden, cell) = self.lstm(second)
        values, indices = first.topk(2, dim=1)
        parts = torch.split(values, [1, 1], dim=1)
        gathered = first.gather(1, indices)
        return torch.cat([parts[1], parts[0], gathered, hidden.transpose(0, 1), cell.transpose(0, 1)], dim=1)


class DictOutput(nn.Module):
    """A dict of logits and of a nested list of features."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Linear(4, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, x: Tensor) -> dict[str, object]:
        features = self.stem(x)
        return {"logits": self.head(features), "features": [x, features], "loss": None}


class TupleOutput(nn.Module):
    """A tuple of two heads, one of them nested."""

    def __init__(self) -> None:
        super().__init__()
        self.left = nn.Linear(4, 2)
        self.right = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> tuple[Tensor, tuple[Tensor]]:
        return self.left(x), (self.right(x),)


@dataclass
class Prediction:
    """What ``DataclassOutput`` returns."""

    logits: Tensor
    hidden: Tensor


class DataclassOutput(nn.Module):
    """A dataclass that torch's pytrees know nothing of."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Linear(4, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Prediction:
        hidden = self.stem(x)
        return Prediction(self.head(hidden), hidden)


class KeywordInputs(nn.Module):
    """A batch as a dict, an optional mask that is not given, and a number."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.project = nn.Linear(4, 4)

    def forward(self, batch: dict[str, Tensor], mask: Tensor | None = None, *, scale: float) -> Tensor:
        x = self.embed(batch["tokens"]) + self.project(batch["dense"])
        return x * scale if mask is None else x * mask


def _keyword_inputs() -> dict[str, object]:
    return {"batch": {"tokens": torch.arange(6).reshape(2, 3), "dense": torch.ones(2, 3, 4)}, "scale": 0.5}


class InPlaceInput(nn.Module):
    """A forward that writes into its argument, and through a view of it."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        x.mul_(2)
        x[:, 0] = 1
        return self.linear(x)


class OwnCall(nn.Module):
    """A part that overrides ``__call__``."""

    class Doubling(nn.Linear):
        """A linear layer that doubles its output outside ``forward``."""

        def __call__(self, x: Tensor) -> Tensor:
            return super().__call__(x) * 2

    def __init__(self) -> None:
        super().__init__()
        self.part = self.Doubling(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.part(x)


class Forces(nn.Module):
    """An energy and its gradient, taken by autograd inside forward."""

    def __init__(self) -> None:
        super().__init__()
        self.energy = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))

    def forward(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            positions = positions.detach().requires_grad_()
            energy = self.energy(positions).sum()
            (gradient,) = torch.autograd.grad(energy, positions)
        return energy.detach(), -gradient


_rows = floats((2, 4))
NASTY_NAMES = Case("nasty keys", NastyKeys, _rows)
SEVERAL_OUTPUTS = Case("several outputs", SeveralOutputs, floats((2, 3, 4)))
DICT_OUTPUT = Case("dict output", DictOutput, _rows)
TUPLE_OUTPUT = Case("tuple output", TupleOutput, _rows)
DATACLASS_OUTPUT = Case("dataclass output", DataclassOutput, _rows)
KEYWORD_INPUTS = Case("keyword inputs", KeywordInputs, kwargs=_keyword_inputs)
IN_PLACE = Case("in-place input", InPlaceInput, _rows)
OWN_CALL = Case("own __call__", OwnCall, _rows)
STRUCTURES = (
    NASTY_NAMES,
    SEVERAL_OUTPUTS,
    DICT_OUTPUT,
    TUPLE_OUTPUT,
    DATACLASS_OUTPUT,
    KEYWORD_INPUTS,
    IN_PLACE,
    OWN_CALL,
    Case("forces", Forces, floats((2, 3))),
)
