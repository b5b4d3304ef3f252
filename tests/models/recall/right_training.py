"""Right models with detached, rounded, normalised and overwritten values that look wrong."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import visunn_lint

INPUTS = "b x 16"
INPUTS3 = "b x 3 x 32 x 32"
INPUTS4 = "images=2x3x32x32"
INPUTS6 = "b x 8 x 1 x 1"
INPUTS7 = "x=2x16, labels=2:int64"
INPUTS8 = "b x 6 x 16"
INPUTS9 = "b x 8 x 16 x 16"
INPUTS10 = "b x 6 x 16"
INPUTS11 = "b x 3 x 32 x 32"
INPUTS13 = "left=2x5x16, right=2x7x16"
INPUTS14 = "tokens=2x6:int64"
INPUTS15 = "b x 4 x 16"


class Right(nn.Module):
    """Quantised activations with a straight-through estimator, and a learned step."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2, self.step = nn.Linear(16, 16), nn.Linear(16, 4), nn.Parameter(torch.tensor(0.1))

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.fc1(x)) / self.step
        x = x + (x.round().clamp(0, 15) - x).detach()
        out: Tensor = self.fc2(x * self.step)
        return out


class _Round(torch.autograd.Function):
    """Rounds, and is straight in its gradient."""

    @staticmethod
    def forward(_ctx: object, x: Tensor) -> Tensor:
        return x.round()

    @staticmethod
    def backward(_ctx: object, *gradients: object) -> object:
        return gradients[0]


class Right2(nn.Module):
    """A straight-through estimator as a function of its own, and a hard Gumbel choice."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.choice, self.values = nn.Linear(16, 8), nn.Linear(8, 5), nn.Parameter(torch.randn(5, 4))

    def forward(self, x: Tensor) -> Tensor:
        x = _Round.apply(self.fc(x))
        return F.gumbel_softmax(self.choice(x), hard=True) @ self.values


class Right3(nn.Module):
    """A momentum encoder that is frozen, moved without autograd within forward."""

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Sequential(nn.Conv2d(3, 8, 8, 8), nn.Flatten(), nn.Linear(128, 8))
        self.key = nn.Sequential(nn.Conv2d(3, 8, 8, 8), nn.Flatten(), nn.Linear(128, 8)).requires_grad_(False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        query = F.normalize(self.query(x), dim=1)
        with torch.no_grad():
            for key_param, param in zip(self.key.parameters(), self.query.parameters(), strict=True):
                key_param.mul_(0.999).add_(param, alpha=0.001)
            key = F.normalize(self.key(x), dim=1)
        return query @ key.t(), key


class Right4(nn.Module):
    """An auxiliary head whose loss is kept on the model, fed by detached features."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 8, 4, 4), nn.ReLU(), nn.Flatten())
        self.head, self.probe = nn.Linear(512, 10), nn.Linear(512, 10)
        self.probe_loss: Tensor | None = None

    def forward(self, images: Tensor) -> Tensor:
        features = self.body(images)
        probed = self.probe(features.detach())
        self.probe_loss = probed.logsumexp(1).mean()
        out: Tensor = self.head(features)
        return out


class Right5(nn.Module):
    """A codebook that the model itself moves after what it is used for."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = nn.Linear(16, 8), nn.Linear(8, 16)
        self.codes = nn.Parameter(torch.randn(12, 8))

    def forward(self, x: Tensor) -> Tensor:
        z = self.encoder(x)
        nearest = torch.cdist(z, self.codes).argmin(-1)
        quantised = self.codes[nearest]
        if self.training:
            with torch.no_grad():
                self.codes.mul_(0.99).add_(z.mean(0), alpha=0.01)
        out: Tensor = self.decoder(z + (quantised - z).detach())
        return out


class Right6(nn.Module):
    """A GAN's generator from a noise of one pixel: kernel 4, stride 2, norms of growing maps."""

    def __init__(self) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(8, 16, 4, 1, 0, bias=False),
            nn.BatchNorm2d(16),
            nn.ReLU(inplace=True),
            nn.ConvTranspose2d(16, 8, 4, 2, 1, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU(inplace=True),
            nn.ConvTranspose2d(8, 3, 4, 2, 1),
            nn.Tanh(),
        )

    def forward(self, noise: Tensor) -> Tensor:
        out: Tensor = self.main(noise)
        return out


class Right7(nn.Module):
    """Label smoothing by hand: log-softmax and negative log-likelihood, probabilities for the user."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 5))

    def forward(self, x: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        log_probs = F.log_softmax(self.fc(x), dim=-1)
        smooth = -log_probs.mean(-1)
        return (0.9 * F.nll_loss(log_probs, labels, reduction="none") + 0.1 * smooth).mean(), log_probs.exp()


class Right8(nn.Module):
    """Slots that compete: a softmax over slots, then each slot's weights normalised over positions."""

    def __init__(self) -> None:
        super().__init__()
        self.slots = nn.Parameter(torch.randn(3, 16))
        self.key, self.value = nn.Linear(16, 16), nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        logits = self.key(x) @ self.slots.t()
        share = F.softmax(logits, dim=-1)
        weights = F.softmax(share, dim=1)
        return weights.transpose(1, 2) @ self.value(x)


class Right9(nn.Module):
    """Pre-activation blocks in place, whose skip is meant to be the activated one, and a skip read before."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.conv1, self.conv2 = nn.Conv2d(8, 8, 1), nn.Conv2d(8, 8, 3, 1, 1), nn.Conv2d(8, 8, 3, 1, 1)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = nn.Conv2d(8, 8, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        x = self.relu(x)
        x = x + self.relu(self.conv1(x))
        skip = self.shortcut(x)
        x = self.relu(x)
        return skip + self.conv2(x)


class Right10(nn.Module):
    """The best two of four experts: probabilities, the best of them, and a softmax of the scores of these."""

    def __init__(self) -> None:
        super().__init__()
        self.router = nn.Linear(16, 4, bias=False)
        self.experts = nn.Parameter(torch.randn(4, 16, 16))

    def forward(self, x: Tensor) -> Tensor:
        scores = self.router(x)
        best, index = scores.topk(2, dim=-1)
        weights = best.softmax(-1)
        return torch.einsum("btk,btd,btkde->bte", weights, x, self.experts[index])


class Right11(nn.Module):
    """A frozen backbone whose norms stay in eval mode, and a head that is trained."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 8, 3, 2, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.backbone.requires_grad_(False)
        self.head = nn.Conv2d(8, 2, 1)

    def train(self, mode: bool = True) -> "Right11":
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, images: Tensor) -> Tensor:
        with torch.no_grad():
            features = self.backbone(images)
        out: Tensor = self.head(features)
        return out


@visunn_lint.model(loss="nll_loss")
class Right12(nn.Module):
    """A classifier that returns log-probabilities, for the loss that wants them."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 3), nn.LogSoftmax(dim=1))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.layers(x)
        return out


class Right13(nn.Module):
    """Matching in both directions: a softmax over the rows times one over the columns."""

    def __init__(self) -> None:
        super().__init__()
        self.project = nn.Linear(16, 8)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        similar = self.project(left) @ self.project(right).transpose(1, 2)
        return similar.softmax(1) * similar.softmax(2)


class Right14(nn.Module):
    """A low-rank adapter beside a frozen layer, on a factorised embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens, self.widen = nn.Embedding(40, 4), nn.Linear(4, 16, bias=False)
        self.frozen = nn.Linear(16, 16).requires_grad_(False)
        self.narrow, self.adapt = nn.Linear(16, 2, bias=False), nn.Linear(2, 16, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.widen(self.tokens(tokens))
        return self.frozen(x) + self.adapt(self.narrow(x))


class Right15(nn.Module):
    """Weights that are clamped before use, statistics in buffers, a stop-gradient on one of two branches."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.predict = nn.Linear(16, 8), nn.Linear(8, 8)
        self.scale = nn.Parameter(torch.ones(8))
        self.register_buffer("mean", torch.zeros(8))
        self.mean: Tensor

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        self.scale.data.clamp_(0.1, 10)
        x = self.fc(x) * self.scale
        if self.training:
            self.mean.mul_(0.9).add_(x.detach().mean((0, 1)), alpha=0.1)
        x = x - self.mean
        return self.predict(x), x.detach()
