"""A column minus a row: every prediction is compared with every target (pytorch#2973, #19991)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INPUTS = "b x 4, b:int64, b, b x 4"
INPUTS2 = "b x 6, b"
INPUTS3 = "b x 8, b"


class Bug(nn.Module):
    """The temporal difference of a DQN: the value that was chosen is a column, its target a row."""

    def __init__(self) -> None:
        super().__init__()
        self.policy = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
        self.target = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2)).requires_grad_(False)

    def forward(self, state: Tensor, action: Tensor, reward: Tensor, next_state: Tensor) -> Tensor:
        values = self.policy(state).gather(1, action.unsqueeze(1))
        next_values = self.target(next_state).max(1).values
        expected = reward + 0.99 * next_values
        return F.smooth_l1_loss(values, expected)  # <- Bug


class Fixed(Bug):
    """The same, of two rows."""

    def forward(self, state: Tensor, action: Tensor, reward: Tensor, next_state: Tensor) -> Tensor:
        values = self.policy(state).gather(1, action.unsqueeze(1)).squeeze(1)
        next_values = self.target(next_state).max(1).values
        return F.smooth_l1_loss(values, reward + 0.99 * next_values)


class Bug2(nn.Module):
    """A regression of house prices with its error written by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(6, 12)
        self.predict = nn.Linear(12, 1)

    def forward(self, features: Tensor, price: Tensor) -> tuple[Tensor, Tensor]:
        predicted = self.predict(torch.tanh(self.hidden(features)))
        error = predicted - price  # <- Bug2
        return predicted, error.pow(2).mean()


class Fixed2(Bug2):
    """The same, with the price as a column."""

    def forward(self, features: Tensor, price: Tensor) -> tuple[Tensor, Tensor]:
        predicted = self.predict(torch.tanh(self.hidden(features)))
        return predicted, (predicted - price.unsqueeze(1)).pow(2).mean()


class Bug3(nn.Module):
    """An actor and a critic: the advantage is a table of everybody against everybody."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 32), nn.Tanh())
        self.actor, self.critic = nn.Linear(32, 3), nn.Linear(32, 1)

    def forward(self, states: Tensor, returns: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.body(states)
        log_probabilities = F.log_softmax(self.actor(hidden), dim=-1)
        advantage = returns - self.critic(hidden)  # <- Bug3
        return log_probabilities, advantage.pow(2).mean()


class Fixed3(Bug3):
    """The same, with the critic's column squeezed."""

    def forward(self, states: Tensor, returns: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.body(states)
        advantage = returns - self.critic(hidden).squeeze(-1)
        return F.log_softmax(self.actor(hidden), dim=-1), advantage.pow(2).mean()
