"""Parameters that no gradient reaches (CoCa-pytorch#6): cut off by detach, by no_grad, by integers."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INPUTS = "images=2x3x32x32, tokens=2x8:int64"
INPUTS2 = "images=2x3x32x32, tokens=2x8:int64"
INPUTS3 = "b x 12 x 16"
INPUTS4 = "b x 20"
INPUTS5 = "b x 3 x 32 x 32"
INPUTS6 = "b x 3 x 32 x 32"
INPUTS7 = "b x 5 x 6"


class Captioner(nn.Module):
    """Tokens that attend to an image."""

    def __init__(self) -> None:
        super().__init__()
        self.image_encoder = nn.Sequential(nn.Conv2d(3, 16, 8, 8), nn.GELU(), nn.Flatten(2))
        self.token_embedding = nn.Embedding(50, 16)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True)
        self.to_logits = nn.Linear(16, 50)

    def decode(self, tokens: Tensor, memory: Tensor) -> Tensor:
        """The scores of the next tokens."""
        x = self.token_embedding(tokens)
        attended, _ = self.attention(x, memory, memory)
        out: Tensor = self.to_logits(x + attended)
        return out


class Bug(Captioner):
    """The extractor of embeddings detaches them, as it does where it is used alone."""

    def embed_image(self, images: Tensor) -> Tensor:
        """One embedding for each patch."""
        embeddings = self.image_encoder(images).transpose(1, 2)
        return embeddings.clone().detach()  # <- Bug in image_encoder.0

    def forward(self, images: Tensor, tokens: Tensor) -> Tensor:
        return self.decode(tokens, self.embed_image(images))


class Fixed(Captioner):
    """It does not."""

    def forward(self, images: Tensor, tokens: Tensor) -> Tensor:
        return self.decode(tokens, self.image_encoder(images).transpose(1, 2))


class Bug2(Captioner):
    """The image is encoded without autograd, and the encoder is given to the optimizer."""

    def forward(self, images: Tensor, tokens: Tensor) -> Tensor:
        with torch.no_grad():
            memory = self.image_encoder(images)  # <- Bug2 in image_encoder
        return self.decode(tokens, memory.transpose(1, 2))


class Fixed2(Bug2):
    """It is frozen."""

    def __init__(self) -> None:
        super().__init__()
        self.image_encoder.requires_grad_(False)


class Experts(nn.Module):
    """A mixture of feed-forward experts, one for each token."""

    def __init__(self) -> None:
        super().__init__()
        self.router = nn.Linear(16, 4, bias=False)
        self.inner, self.outer = nn.Parameter(torch.randn(4, 16, 32)), nn.Parameter(torch.randn(4, 32, 16))

    def run(self, x: Tensor, choice: Tensor) -> Tensor:
        """Each token through the expert that was chosen for it."""
        hidden = F.gelu(torch.einsum("btd,btdh->bth", x, self.inner[choice]))
        return torch.einsum("bth,bthd->btd", hidden, self.outer[choice])


class Bug3(Experts):
    """The router's choice is all that is used of it."""

    def forward(self, x: Tensor) -> Tensor:
        probs = self.router(x).softmax(-1)
        choice = probs.argmax(-1)  # <- Bug3 in router
        return x + self.run(x, choice)


class Fixed3(Experts):
    """The expert's answer is weighed by the probability of its choice."""

    def forward(self, x: Tensor) -> Tensor:
        weight, choice = self.router(x).softmax(-1).max(-1)
        return x + weight.unsqueeze(-1) * self.run(x, choice)


class Ensemble(nn.Module):
    """A few networks whose answers a last layer combines."""

    def __init__(self) -> None:
        super().__init__()
        self.members = nn.ModuleList(nn.Sequential(nn.Linear(20, 8), nn.ReLU(), nn.Linear(8, 1)) for _ in range(3))
        self.combine = nn.Linear(3, 1)


class Bug4(Ensemble):
    """The answers are put into a new tensor, by value."""

    def forward(self, x: Tensor) -> Tensor:
        answers = [member(x) for member in self.members]
        stacked = torch.cat([torch.tensor(answer) for answer in answers], 1)  # <- Bug4 in members
        out: Tensor = self.combine(stacked)
        return out


class Fixed4(Ensemble):
    """They are concatenated."""

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.combine(torch.cat([member(x) for member in self.members], 1))
        return out


def projector() -> nn.Sequential:
    """An encoder with a projection."""
    return nn.Sequential(nn.Conv2d(3, 8, 4, 4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 8))


class Bug5(nn.Module):
    """BYOL, whose target network stays trainable: a warning."""

    def __init__(self) -> None:
        super().__init__()
        self.online, self.target, self.predictor = projector(), projector(), nn.Linear(8, 8)

    @torch.no_grad()
    def update_target(self, decay: float = 0.99) -> None:
        """Move the target after the online network."""
        for online, target in zip(self.online.parameters(), self.target.parameters(), strict=True):
            target.mul_(decay).add_(online, alpha=1 - decay)

    def forward(self, images: Tensor) -> Tensor:
        predicted = F.normalize(self.predictor(self.online(images)), dim=-1)
        with torch.no_grad():
            wanted = self.target(images.flip(-1))  # <- Bug5 in target
        return 2 - 2 * (predicted * F.normalize(wanted, dim=-1)).sum(-1)


class Fixed5(Bug5):
    """The target is frozen."""

    def __init__(self) -> None:
        super().__init__()
        self.target.requires_grad_(False)


class Quantiser(nn.Module):
    """An autoencoder with a codebook between its halves."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = nn.Conv2d(3, 8, 4, 4), nn.ConvTranspose2d(8, 3, 4, 4)
        self.codebook = nn.Embedding(16, 8)

    def quantise(self, z: Tensor) -> Tensor:
        """The nearest code of each place."""
        flat = z.permute(0, 2, 3, 1)
        nearest = torch.cdist(flat.flatten(0, 2), self.codebook.weight).argmin(-1)
        quantised: Tensor = self.codebook(nearest).view_as(flat).permute(0, 3, 1, 2)
        return quantised


class Bug6(Quantiser):
    """The gradient goes round the codes, and no loss brings them any."""

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        z = self.encoder(images)
        quantised = self.quantise(z)
        commitment = F.mse_loss(z, quantised.detach())
        straight = z + (quantised - z).detach()  # <- Bug6 in codebook
        return self.decoder(straight), commitment


class Fixed6(Quantiser):
    """A second loss moves the codes to what they stand for."""

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        z = self.encoder(images)
        quantised = self.quantise(z)
        losses = F.mse_loss(z, quantised.detach()) * 0.25 + F.mse_loss(quantised, z.detach())
        return self.decoder(z + (quantised - z).detach()), losses


class Smoother(nn.Module):
    """A series, detrended by what a small network makes of it."""

    def __init__(self) -> None:
        super().__init__()
        self.trend, self.head = nn.Linear(6, 6), nn.Linear(6, 2)


class Bug7(Smoother):
    """What it makes is read by value."""

    def forward(self, series: Tensor) -> Tensor:
        trend = self.trend(series).data  # <- Bug7 in trend
        out: Tensor = self.head(series - trend)
        return out


class Fixed7(Smoother):
    """What it makes is read as it is."""

    def forward(self, series: Tensor) -> Tensor:
        out: Tensor = self.head(series - self.trend(series))
        return out
