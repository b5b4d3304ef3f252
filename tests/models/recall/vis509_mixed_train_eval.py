"""A part that is put into eval mode by the constructor alone (pytorch-lightning#19468)."""

from torch import Tensor, nn

INPUTS = "b x 3 x 32 x 32"


class FineTuned(nn.Module):
    """A head on an encoder that was trained before."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(3, 8, 3, 2, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(2))
        self.dropout, self.head = nn.Dropout(0.2), nn.Linear(8, 4)

    def forward(self, images: Tensor) -> Tensor:
        out: Tensor = self.head(self.dropout(self.encoder(images).mean(2)))
        return out


class Bug(FineTuned):
    """Until somebody calls ``train()``."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(  # <- Bug in encoder
            nn.Conv2d(3, 8, 3, 2, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(2)
        )
        self.encoder.eval()


class Fixed(FineTuned):
    """For good."""

    def __init__(self) -> None:
        super().__init__()
        self.train()

    def train(self, mode: bool = True) -> "Fixed":
        super().train(mode)
        self.encoder.eval()
        return self
