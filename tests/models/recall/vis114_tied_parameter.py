"""Weights that are shared by name (safetensors#98)."""

from torch import Tensor, nn

INPUTS = "b x 9:int64"


class Bug(nn.Module):
    """A language model whose decoder was given the weight of its encoder."""

    def __init__(self, *, tie: bool = True) -> None:
        super().__init__()
        self.encoder = nn.Embedding(30, 16)
        self.rnn = nn.GRU(16, 16, batch_first=True)
        self.decoder = nn.Linear(16, 30)  # <- Bug in decoder
        if tie:
            self.decoder.weight = self.encoder.weight

    def forward(self, tokens: Tensor) -> Tensor:
        states, _ = self.rnn(self.encoder(tokens))
        return self.decoder(states)


class Fixed(Bug):
    """The same, with a weight for each."""

    def __init__(self) -> None:
        super().__init__(tie=False)
