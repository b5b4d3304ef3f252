"""Models that take other things than single tensors: values by name, several tensors, texts, sizes, devices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import torch
import torch.nn.functional as F  # noqa: N812 -- as everybody writes it
from torch import Tensor, nn

if TYPE_CHECKING:
    from somewhere import Unknown  # type: ignore[import-not-found]  # nor is it there at run time


class Linear(nn.Module):
    """What the others have."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 8)


class Captioned(nn.Module):
    """Takes an image and its words from a batch."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.embed = nn.Embedding(10, 8)

    def forward(self, batch) -> Tensor:  # type: ignore[no-untyped-def]  # noqa: ANN001 -- as people leave it
        return self.conv(batch["image"]).mean((2, 3)) + self.embed(batch["tokens"]).mean(1)


class Annotated(Linear):
    """Says that it takes values by name."""

    def forward(self, batch: dict[str, Tensor], scale: float) -> Tensor:
        return self.linear(batch["x"]) * scale


class Asking(Linear):
    """Asks a batch whether it has something."""

    def forward(self, batch: Any) -> Tensor:  # noqa: ANN401 -- what is tried
        if "edges" in batch:
            return batch["edges"]
        mask, made = batch.get("mask"), self.linear(batch["x"])
        return made if mask is None else made * mask


class ByName(Linear):
    """Takes whatever it is given by name."""

    def forward(self, **batch: Tensor) -> Tensor:
        return self.linear(batch["x"]) + self.linear(batch["y"])


class Several(Linear):
    """Takes a list, and a pair."""

    def forward(self, xs: list[Tensor], pair: tuple[Tensor, Tensor]) -> Tensor:
        return self.linear(torch.cat(xs)).sum(0) + pair[0] * pair[1]


class Choosing(Linear):
    """Takes one of some texts, and something that nobody knows."""

    def forward(self, x: Tensor, how: Literal["sum", "mean"], other: Unknown = None) -> Tensor:
        del other
        return getattr(self.linear(x), how)(1)


class Told(Linear):
    """Takes a text of which nothing is known."""

    def forward(self, x: Tensor, how: str, steps: int) -> Tensor:
        return getattr(self, how)(x) * steps


class Compared(Linear):
    """Tells texts apart, and says of one alone that it takes them."""

    def forward(self, x: Tensor, mode, *, way: str, how: str, task: str) -> Tensor:  # type: ignore[no-untyped-def]  # noqa: ANN001 -- as people leave it
        assert task == task.strip()
        if mode == "long":
            return self.linear(x)
        match way:
            case "there" | "back":
                return x
        return x if how in {"slow", "fast"} else x * 2


class Optional(Linear):
    """Takes a mask from a batch that has one."""

    def forward(self, batch) -> Tensor:  # type: ignore[no-untyped-def]  # noqa: ANN001 -- as people leave it
        if "mask" not in batch:
            return self.linear(batch["x"])
        return self.linear(batch["x"]) * batch["mask"]


class Tasks(nn.Module):
    """Has a head for each task."""

    def __init__(self) -> None:
        super().__init__()
        self.heads = nn.ModuleDict({"depth": nn.Linear(8, 1), "edges": nn.Linear(8, 2)})

    def forward(self, x: Tensor, task: str) -> Tensor:
        return self.heads[task](x)


class Placed(nn.Module):
    """Takes a size, a device, and two numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, x: Tensor, size: tuple[int, int], device: torch.device, std: list[float]) -> Tensor:
        assert isinstance(size, tuple)
        assert isinstance(device, torch.device)
        return F.interpolate(self.conv(x), size=size).to(device) * std[1]
