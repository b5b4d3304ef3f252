"""Activations of their own results: blocks that end in one before blocks that begin with it."""

from torch import Tensor, nn

INPUTS = "b x 3 x 16 x 16"


class ConvBlock(nn.Sequential):
    """A convolution, a norm and an activation."""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__(nn.Conv2d(inside, outside, 3, padding=1, bias=False), nn.BatchNorm2d(outside), nn.ReLU())


class Stack(nn.Module):
    """Blocks one behind the other, with something of one's own between them."""

    def __init__(self, between: nn.Module) -> None:
        super().__init__()
        self.first, self.between = ConvBlock(3, 8), between
        self.second, self.pool = ConvBlock(8, 8), nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(8, 4)

    def forward(self, images: Tensor) -> Tensor:
        x = self.second(self.between(self.first(images)))
        out: Tensor = self.fc(self.pool(x).flatten(1))
        return out


class Bug(Stack):
    """An activation where the block has one already."""

    def __init__(self) -> None:
        super().__init__(nn.Sequential(nn.Dropout2d(0.1), nn.ReLU()))  # <- Bug in between.1


class Fixed(Stack):
    """Dropout alone."""

    def __init__(self) -> None:
        super().__init__(nn.Sequential(nn.Dropout2d(0.1)))
