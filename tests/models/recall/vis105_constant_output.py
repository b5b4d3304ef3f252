"""Models that say the same whatever they are asked."""

import torch
from torch import Tensor, nn

INPUTS = "b x 1 x 28 x 28"
INPUTS2 = "b x 9 x 6"


class Bug(nn.Module):
    """A VAE that decodes noise: mean and variance are computed and not used."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU())
        self.fc_mu = nn.Linear(64, 8)
        self.fc_var = nn.Linear(64, 8)
        self.decoder = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 784), nn.Sigmoid())

    def reparameterize(self, mu: Tensor, logvar: Tensor) -> Tensor:
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)  # <- Bug
        return eps.mul(0.1)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.encoder(x)
        z = self.reparameterize(self.fc_mu(hidden), self.fc_var(hidden))
        return self.decoder(z).view(-1, 1, 28, 28)


class Fixed(Bug):
    """The same, with the reparametrisation trick whole."""

    def reparameterize(self, mu: Tensor, logvar: Tensor) -> Tensor:
        std = torch.exp(0.5 * logvar)
        return mu + torch.randn_like(std) * std


class Bug2(nn.Module):
    """A forecaster that reads out the state that it began with, not the one that it came to."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden_size = 12
        self.lstm = nn.LSTM(6, 12, batch_first=True)
        self.fc = nn.Linear(12, 1)

    def forward(self, x: Tensor) -> Tensor:
        h_0 = torch.zeros(1, x.size(0), self.hidden_size, device=x.device)
        c_0 = torch.zeros(1, x.size(0), self.hidden_size, device=x.device)
        self.lstm(x, (h_0, c_0))
        return self.fc(h_0[-1])  # <- Bug2 in fc


class Fixed2(Bug2):
    """The same, which reads out the last state."""

    def forward(self, x: Tensor) -> Tensor:
        h_0 = torch.zeros(1, x.size(0), self.hidden_size, device=x.device)
        c_0 = torch.zeros(1, x.size(0), self.hidden_size, device=x.device)
        _, (h_n, _) = self.lstm(x, (h_0, c_0))
        return self.fc(h_n[-1])


ALSO = ("VIS103",)
