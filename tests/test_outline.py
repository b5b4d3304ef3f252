"""The outline of a model: what a lock file holds."""

import torch
from torch import nn

from visunn_lint import trace
from visunn_lint.outline import Entry, Outline, natural, outline


class Net(nn.Module):
    """A convolution whose result goes round another and is added to it, and a layer that is called twice."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1, stride=1)
        self.second = nn.Conv2d(4, 4, 1, bias=False)
        self.act = nn.ReLU()
        self.second.weight.requires_grad = False

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return the sum by name."""
        y = self.act(self.first(x))
        return {"sum": y + self.act(self.second(y))}


def test_outline_of_a_model() -> None:
    """Arguments at their default are left out, data is followed through the ops between modules."""
    assert outline(trace(Net(), (torch.ones(1, 3, 5, 5),))) == Outline(
        inputs="1x3x5x5",
        parameters=128,
        modules={
            "": Entry(f"{__name__}.Net", calls=("float32[1,3,5,5] -> float32[1,4,5,5]",)),
            "act": Entry("torch.nn.ReLU", calls=("float32[1,4,5,5] -> float32[1,4,5,5]",) * 2),
            "first": Entry(
                "torch.nn.Conv2d",
                {"in_channels": 3, "kernel_size": (3, 3), "out_channels": 4, "padding": (1, 1)},
                {"bias": "float32[4]", "weight": "float32[4,3,3,3]"},
                calls=("float32[1,3,5,5] -> float32[1,4,5,5]",),
            ),
            "second": Entry(
                "torch.nn.Conv2d",
                {"bias": False, "in_channels": 4, "kernel_size": (1, 1), "out_channels": 4},
                {"weight": "float32[4,4,1,1] frozen"},
                calls=("float32[1,4,5,5] -> float32[1,4,5,5]",),
            ),
        },
        feeds={
            "<x>": ("first",),
            "act": ("<out.sum>", "second"),
            "act#1": ("<out.sum>",),
            "first": ("act",),
            "second": ("act#1",),
        },
    )


def test_order_is_that_of_a_reader() -> None:
    """Numbers count as numbers, and a module stands before what it holds."""
    names = ["layer10", "layer2.0", "", "layer2", "layer2.0.conv", "a.b", "a"]
    assert sorted(names, key=natural) == ["", "a", "a.b", "layer2", "layer2.0", "layer2.0.conv", "layer10"]


def test_order_of_registration_is_no_part_of_it() -> None:
    """Two constructors that assign the same modules in another order build the same model."""

    class Pair(nn.Module):
        def __init__(self, *names: str) -> None:
            super().__init__()
            for name in names:
                self.add_module(name, nn.Linear(2, 2))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            result: torch.Tensor = self.get_submodule("b")(self.get_submodule("a")(x))
            return result

    first, second = (outline(trace(Pair(*names), (torch.ones(1, 2),))) for names in ("ab", "ba"))
    assert list(first.modules.items()) == list(second.modules.items())
    assert first == second
