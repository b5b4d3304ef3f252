"""Transposed convolutions that overlap unevenly (pix2pixHD#149)."""

from torch import Tensor, nn

INPUTS = "b x 3 x 32 x 32"


class Generator(nn.Module):
    """An image to an image, through half of its size."""

    def __init__(self, *up: nn.Module) -> None:
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.InstanceNorm2d(8), nn.ReLU())
        self.up = nn.Sequential(*up, nn.InstanceNorm2d(8), nn.ReLU())
        self.out = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(8, 3, 7), nn.Tanh())

    def forward(self, images: Tensor) -> Tensor:
        out: Tensor = self.out(self.up(self.down(images)))
        return out


class Bug(Generator):
    """Kernel 3 with stride 2."""

    def __init__(self) -> None:
        super().__init__(nn.ConvTranspose2d(8, 8, 3, 2, 1, output_padding=1, bias=False))  # <- Bug in up.0


class Fixed(Generator):
    """Enlarged, then convolved."""

    def __init__(self) -> None:
        super().__init__(nn.Upsample(scale_factor=2), nn.Conv2d(8, 8, 3, padding=1, bias=False))
