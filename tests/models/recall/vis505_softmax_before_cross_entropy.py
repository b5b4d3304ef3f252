"""Probabilities into a cross entropy (SciCo#2): by a training step, by declaration, within forward."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import visunn_lint

INPUTS = "b x 1 x 28 x 28"
INPUTS2 = "b x 16"
INPUTS3 = "ids=2x12:int64, labels=2:int64"


class LitDigits(nn.Module):
    """What a Lightning module looks like: forward, and a step that computes the loss."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 8, 3), nn.Conv2d(8, 16, 3)
        self.fc = nn.Linear(16 * 5 * 5, 10)

    def features(self, x: Tensor) -> Tensor:
        """The image as a vector."""
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        return F.max_pool2d(F.relu(self.conv2(x)), 2).flatten(1)

    def training_step(self, batch: tuple[Tensor, Tensor], _index: int) -> Tensor:
        """The loss of a batch."""
        images, labels = batch
        predicted = self(images)
        return F.cross_entropy(predicted, labels)


class Bug(LitDigits):
    """Forward returns probabilities, which the step takes for scores."""

    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(self.fc(self.features(x)), dim=1)  # <- Bug


class Fixed(LitDigits):
    """Forward returns scores."""

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.fc(self.features(x))
        return out

    def predict_step(self, batch: Tensor) -> Tensor:
        """The probabilities of a batch."""
        return F.softmax(self(batch), dim=1)


@visunn_lint.model(loss="cross_entropy")
class Bug2(nn.Module):
    """A tabular network that ends in a softmax; what it is trained with is declared."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(16, 64),
            nn.BatchNorm1d(64),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(64, 3),
            nn.Softmax(dim=1),  # <- Bug2 in layers.5
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.layers(x)
        return out


@visunn_lint.model(loss="cross_entropy")
class Fixed2(nn.Module):
    """The same without the softmax."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(16, 64, bias=False), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 3)
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.layers(x)
        return out


class TextClassifier(nn.Module):
    """A transformers-like classifier: scores, and a loss where labels are given."""

    def __init__(self) -> None:
        super().__init__()
        self.embeddings = nn.Embedding(100, 32)
        layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1)
        self.classifier = nn.Linear(32, 5)
        self.criterion = nn.CrossEntropyLoss(label_smoothing=0.1)

    def pooled(self, ids: Tensor) -> Tensor:
        """The first token's state."""
        out: Tensor = self.encoder(self.embeddings(ids))[:, 0]
        return out


class Bug3(TextClassifier):
    """The loss is computed on what is shown to the user."""

    def forward(self, ids: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        logits = self.classifier(self.pooled(ids))
        probs = torch.softmax(logits, dim=-1)  # <- Bug3
        return self.criterion(probs.view(-1, 5), labels), probs


class Fixed3(TextClassifier):
    """The loss is computed on the scores."""

    def forward(self, ids: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        logits = self.classifier(self.pooled(ids))
        return self.criterion(logits.view(-1, 5), labels), torch.softmax(logits, dim=-1)
