"""Right models of images that look wrong to who only reads their layers."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INPUTS = "b x 3 x 32 x 32"
INPUTS3 = "b x 8 x 16 x 16"
INPUTS4 = "b x 16 x 8 x 8:float32"
INPUTS6 = "b x 3 x 64 x 64"


class Right(nn.Module):
    """An auxiliary head for training alone, and dropout by function that is told of the mode."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.head = nn.Linear(8, 4)
        self.aux = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        features = self.encoder(x).mean((2, 3))
        logits: Tensor = self.head(features)
        if self.training:
            return logits, self.aux(F.dropout(features, 0.1, training=True))
        return logits


class Right2(nn.Module):
    """A contrastive model: similarities of all with all, and a softmax over them in both directions."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(3, 8, 3, 2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.image, self.text = nn.Linear(8, 16), nn.Linear(8, 16)
        self.logit_scale = nn.Parameter(torch.tensor(2.0))

    def forward(self, x: Tensor) -> Tensor:
        features = self.encoder(x)
        image, text = F.normalize(self.image(features), dim=-1), F.normalize(self.text(features), dim=-1)
        logits = self.logit_scale.exp() * image @ text.t()
        return (F.log_softmax(logits, dim=0) + F.log_softmax(logits, dim=1)).diagonal() * -0.5


class Right3(nn.Module):
    """Channel shuffle and squeeze-and-excitation: views that split, transpose and merge; one feature per group."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 1, groups=4)
        self.squeeze, self.excite = nn.Conv2d(8, 1, 1), nn.Conv2d(1, 8, 1)

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        x = self.conv(x).view(batch, 4, channels // 4, height, width).transpose(1, 2)
        x = x.reshape(batch, channels, height, width)
        gate = torch.sigmoid(self.excite(F.relu(self.squeeze(F.adaptive_avg_pool2d(x, 1)))))
        return x * gate


class Right4(nn.Module):
    """A vector quantiser: squared distances by a column, a row and a product; a straight-through estimator."""

    def __init__(self) -> None:
        super().__init__()
        self.codebook = nn.Embedding(32, 16)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        flat = z.permute(0, 2, 3, 1).reshape(-1, 16)
        distances = (
            flat.pow(2).sum(1, keepdim=True) + self.codebook.weight.pow(2).sum(1) - 2 * flat @ self.codebook.weight.t()
        )
        codes = distances.argmin(1)
        quantised = self.codebook(codes).view(z.shape[0], 8, 8, 16).permute(0, 3, 1, 2)
        return z + (quantised - z).detach(), codes


class Right5(nn.Module):
    """A detector: anchors in a buffer, given out beside its predictions; heads shared over two scales."""

    anchors: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.stage1 = nn.Sequential(nn.Conv2d(3, 8, 3, 4, 1), nn.ReLU())
        self.stage2 = nn.Sequential(nn.Conv2d(8, 8, 3, 2, 1), nn.ReLU())
        self.tower = nn.Sequential(nn.Conv2d(8, 8, 3, 1, 1), nn.GroupNorm(2, 8), nn.ReLU())
        self.scores, self.boxes = nn.Conv2d(8, 3 * 5, 1), nn.Conv2d(8, 3 * 4, 1)
        self.register_buffer("anchors", torch.zeros(240, 4), persistent=False)

    def predict(self, head: nn.Module, features: Tensor, size: int) -> Tensor:
        x = head(self.tower(features))
        return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1, size)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        features = self.stage1(images)
        pyramid = [features, self.stage2(features)]
        scores = torch.cat([self.predict(self.scores, each, 5) for each in pyramid], 1)
        boxes = torch.cat([self.predict(self.boxes, each, 4) for each in pyramid], 1)
        return scores.softmax(-1), boxes + self.anchors, self.anchors


class Right6(nn.Module):
    """A generator with statistics of the minibatch, noise of the shape of its features, and lazy layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, 2, 1)
        self.strength = nn.Parameter(torch.zeros(1))
        self.out = nn.Conv2d(9, 3, 3, 1, 1)
        self.upsample: nn.Module | None = None

    def statistics(self, x: Tensor) -> Tensor:
        group = min(x.shape[0], 4)
        y = x.reshape(group, -1, *x.shape[1:])
        y = (y - y.mean(0)).square().mean(0).add(1e-8).sqrt().mean((1, 2, 3), keepdim=True)
        return torch.cat([x, y.repeat(group, 1, *x.shape[2:])], 1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.leaky_relu(self.conv(x))
        x = x + self.strength * torch.randn_like(x)
        if self.upsample is None:
            self.upsample = nn.Upsample(scale_factor=2)
        return torch.tanh(self.upsample(self.out(self.statistics(x))))


class Right7(nn.Module):
    """A student with a frozen teacher of the same class, which sees the same image."""

    def __init__(self) -> None:
        super().__init__()
        self.student = nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten())
        self.teacher = nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten())
        self.teacher.requires_grad_(False)

    def train(self, mode: bool = True) -> "Right7":
        super().train(mode)
        self.teacher.eval()
        return self

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            target = self.teacher(x)
        return self.student(x), target
