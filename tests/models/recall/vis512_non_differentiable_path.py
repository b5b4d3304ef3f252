"""Steps that no gradient climbs: rounding, signs, comparisons."""

import torch
from torch import Tensor, nn

INPUTS = "b x 10"
INPUTS2 = "b x 16"
INPUTS3 = "b x 1 x 20 x 20"


class Screening(nn.Module):
    """A yes or no from a few measurements."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1))


class Bug(Screening):
    """Forward answers with 0 or 1, and that goes into the loss."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.net(x)).round().squeeze(1)  # <- Bug in net


class Fixed(Screening):
    """Forward answers with a probability; the rounding is for who reads it."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.net(x)).squeeze(1)

    @torch.no_grad()
    def predict(self, x: Tensor) -> Tensor:
        """0 or 1."""
        out: Tensor = self(x).round()
        return out


class Gated(nn.Module):
    """Features, some of which a gate lets through."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.gate, self.head = nn.Linear(16, 16), nn.Linear(16, 16), nn.Linear(16, 3)


class Bug2(Gated):
    """The gate is a threshold."""

    def forward(self, x: Tensor) -> Tensor:
        mask = (self.gate(x) > 0).float()  # <- Bug2 in gate
        out: Tensor = self.head(torch.relu(self.body(x)) * mask)
        return out


class Fixed2(Gated):
    """The threshold, with the gradient of the sigmoid."""

    def forward(self, x: Tensor) -> Tensor:
        soft = torch.sigmoid(self.gate(x))
        mask = (soft > 0.5).float() + soft - soft.detach()
        out: Tensor = self.head(torch.relu(self.body(x)) * mask)
        return out


class BinaryNet(nn.Module):
    """A network whose hidden features are signs."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 8, 3, 2), nn.Conv2d(8, 8, 3, 2)
        self.fc = nn.Linear(8 * 4 * 4, 10)


class Bug3(BinaryNet):
    """The plain sign."""

    def forward(self, x: Tensor) -> Tensor:
        x = torch.tanh(self.conv1(x))
        x = torch.sign(self.conv2(x))  # <- Bug3
        out: Tensor = self.fc(x.flatten(1))
        return out


class Sign(torch.autograd.Function):
    """The sign, with the gradient of a clipped identity."""

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x.sign()

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, *gradients: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors  # type: ignore[attr-defined]  # torch's stubs leave it out
        return gradients[0] * (x.abs() < 1)


class Fixed3(BinaryNet):
    """A sign that gradients go through."""

    def forward(self, x: Tensor) -> Tensor:
        x = torch.tanh(self.conv1(x))
        x = Sign.apply(self.conv2(x))
        out: Tensor = self.fc(x.flatten(1))
        return out
