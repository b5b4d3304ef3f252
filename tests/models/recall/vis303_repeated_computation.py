"""The same computed twice, once for each part of the answer."""

import torch
from torch import Tensor, nn

INPUTS = "b x 24"


class Vae(nn.Module):
    """A variational autoencoder of vectors."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.mean, self.log_var = nn.Linear(24, 16), nn.Linear(16, 4), nn.Linear(16, 4)
        self.decoder = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 24))

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and logarithm of the variance of the code."""
        hidden = torch.relu(self.hidden(x))  # <- Bug in hidden
        return self.mean(hidden), self.log_var(hidden)

    def sample(self, mean: Tensor, log_var: Tensor) -> Tensor:
        """A code; its mean where the model is evaluated."""
        return mean + torch.randn_like(mean) * (log_var / 2).exp() if self.training else mean


class Bug(Vae):
    """Encoded once for the mean, once for the variance."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mean, log_var = self.encode(x)[0], self.encode(x)[1]
        return self.decoder(self.sample(mean, log_var)), mean, log_var


class Fixed(Vae):
    """Encoded once."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mean, log_var = self.encode(x)
        return self.decoder(self.sample(mean, log_var)), mean, log_var
