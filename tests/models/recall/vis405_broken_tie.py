"""A tie that a later change undoes (transformers#38870)."""

import copy

from torch import Tensor, nn

INPUTS = "b x 9:int64"
CONFIG = {"rules": {"broken-tie": {"ties": [["embed.weight", "lm_head.weight"]]}}}


class Bug(nn.Module):
    """A language model whose vocabulary grows after its head was tied."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(30, 16)
        self.rnn = nn.GRU(16, 16, batch_first=True)
        self.lm_head = nn.Linear(16, 30, bias=False)  # <- Bug in lm_head
        self.lm_head.weight = self.embed.weight
        self.resize_token_embeddings(36)

    def resize_token_embeddings(self, size: int) -> None:
        self.embed = nn.Embedding(size, 16)
        head = copy.deepcopy(self.lm_head)
        head.weight = nn.Parameter(self.embed.weight.detach().clone())
        self.lm_head = head

    def forward(self, tokens: Tensor) -> Tensor:
        states, _ = self.rnn(self.embed(tokens))
        return self.lm_head(states)


class Fixed(Bug):
    """The same, tied again."""

    def resize_token_embeddings(self, size: int) -> None:
        super().resize_token_embeddings(size)
        self.lm_head.weight = self.embed.weight
