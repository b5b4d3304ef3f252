"""A softmax of a softmax (lightning-bolts#654): policies, attention, heads that end in one already."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INPUTS = "b x 8"
INPUTS2 = "b x 10 x 32"
INPUTS3 = "b x 3 x 32 x 32"


class ActorCritic(nn.Module):
    """A policy and a value, on a body that both share."""

    def __init__(self, actions: int = 4, hidden: int = 32) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh())
        self.actor = nn.Sequential(nn.Linear(hidden, actions), nn.Softmax(dim=-1))
        self.critic = nn.Linear(hidden, 1)


class Bug(ActorCritic):
    """The actor ends in a softmax, and the step takes the log-softmax of that."""

    def forward(self, states: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.body(states)
        scores = self.actor(hidden)
        log_probs = F.log_softmax(scores, dim=-1)  # <- Bug
        return log_probs, self.critic(hidden).squeeze(-1)


class Fixed(ActorCritic):
    """The actor's probabilities, and their logarithm."""

    def forward(self, states: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.body(states)
        probs = self.actor(hidden)
        return torch.log(probs.clamp_min(1e-8)), self.critic(hidden).squeeze(-1)


class SelfAttention(nn.Module):
    """Scaled dot-product attention over several heads."""

    def __init__(self, dim: int = 32, heads: int = 4) -> None:
        super().__init__()
        self.heads, self.scale = heads, (dim // heads) ** -0.5
        self.to_qkv, self.to_out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.softmax, self.dropout = nn.Softmax(dim=-1), nn.Dropout(0.1)

    def scores(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The similarities of all positions, and the values."""
        batch, length, dim = x.shape
        qkv = self.to_qkv(x).view(batch, length, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = qkv[0], qkv[1], qkv[2]
        return query @ key.transpose(-2, -1) * self.scale, value

    def merge(self, attended: Tensor) -> Tensor:
        """The heads side by side."""
        out: Tensor = self.to_out(attended.transpose(1, 2).flatten(2))
        return out


class Bug2(SelfAttention):
    """The probabilities are normalised once more after dropout."""

    def forward(self, x: Tensor) -> Tensor:
        scores, value = self.scores(x)
        weights = self.dropout(self.softmax(scores))
        weights = F.softmax(weights, dim=-1)  # <- Bug2
        return self.merge(weights @ value)


class Fixed2(SelfAttention):
    """Dropout of the probabilities, and no more."""

    def forward(self, x: Tensor) -> Tensor:
        scores, value = self.scores(x)
        weights = self.dropout(self.softmax(scores))
        return self.merge(weights @ value)


class Classifier(nn.Module):
    """A small convolutional network whose head is exchangeable."""

    def __init__(self, head: nn.Module) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        self.head = head


class Bug3(Classifier):
    """The head ends in a softmax, and prediction takes another."""

    def __init__(self) -> None:
        super().__init__(nn.Sequential(nn.Linear(32, 10), nn.Softmax(1)))
        self.to_probabilities = nn.Softmax(1)  # <- Bug3 in to_probabilities

    def forward(self, images: Tensor) -> Tensor:
        out: Tensor = self.to_probabilities(self.head(self.features(images)))
        return out


class Fixed3(Classifier):
    """The head returns scores."""

    def __init__(self) -> None:
        super().__init__(nn.Linear(32, 10))
        self.to_probabilities = nn.Softmax(1)

    def forward(self, images: Tensor) -> Tensor:
        out: Tensor = self.to_probabilities(self.head(self.features(images)))
        return out
