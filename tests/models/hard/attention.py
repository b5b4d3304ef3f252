"""Recurrent layers and attention: ops that torch writes in Python, in C++, or either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 -- as everybody calls it
from torch.nn.utils import rnn

from tests.models.case import floats
from tests.models.hard.case import Hard, computing

if TYPE_CHECKING:
    from collections.abc import Callable


def scaled_dot_product(x: Tensor) -> Tensor:
    """Attention with a mask, causal, and with a scale."""
    q = x.reshape(1, 2, 4, 2)
    mask = torch.ones(4, 4, dtype=torch.bool).tril()
    masked = F.scaled_dot_product_attention(q, q + 1, q * 2, attn_mask=mask)
    return masked + F.scaled_dot_product_attention(q, q, masked, is_causal=True, scale=0.5)


class Recurrent(nn.Module):
    """Two recurrent layers in both directions, and the last state."""

    def __init__(self, kind: type[nn.RNN | nn.LSTM | nn.GRU]) -> None:
        super().__init__()
        self.rnn = kind(4, 3, 2, batch_first=True, bidirectional=True)

    def forward(self, x: Tensor) -> tuple[Tensor, object]:
        output, state = self.rnn(x)
        return output[:, -1], state


class Cells(nn.Module):
    """Recurrent cells in a loop, with states handed from step to step."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.gru, self.rnn = nn.LSTMCell(4, 3), nn.GRUCell(3, 3), nn.RNNCell(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        long = (x.new_zeros(len(x), 3), x.new_zeros(len(x), 3))
        short = last = torch.zeros(len(x), 3)
        for step in x.unbind(1):
            long = self.lstm(step, long)
            short = self.gru(long[0], short)
            last = self.rnn(short, last)
        return last


class Packed(nn.Module):
    """Sequences of several lengths, packed and padded again."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.LSTM(4, 3, batch_first=True)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        packed = rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        output, (hidden, _) = self.rnn(packed)
        padded, _ = rnn.pad_packed_sequence(output, batch_first=True)
        return padded.sum(1) + hidden[0]


class Attention(nn.Module):
    """Multi-head attention with masks, and its weights if they are wanted."""

    def __init__(self, *, need_weights: bool) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
        self.need_weights = need_weights

    def forward(self, x: Tensor, padding: Tensor) -> tuple[Tensor, Tensor | None]:
        causal = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        return self.attention(x, x, x, key_padding_mask=padding, need_weights=self.need_weights, attn_mask=causal)


class Encoder(nn.Module):
    """A TransformerEncoder with a padding mask; in eval mode torch may take a fused path."""

    def __init__(self, *, nested: bool) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True, dropout=0.0)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=nested)

    def forward(self, x: Tensor, padding: Tensor) -> Tensor:
        return self.encoder(x, src_key_padding_mask=padding)


class WholeTransformer(nn.Module):
    """Encoder and decoder with a causal mask."""

    def __init__(self) -> None:
        super().__init__()
        self.model = nn.Transformer(4, 2, 1, 1, 8, batch_first=True, dropout=0.0)

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x, x + 1, tgt_mask=nn.Transformer.generate_square_subsequent_mask(x.shape[1]))


_sequences = floats((2, 3, 4))


def _masked() -> tuple[Tensor, Tensor]:
    return _sequences()[0], torch.tensor([[False, False, True], [False, False, False]])


def _recurrent(kind: type[nn.RNN | nn.LSTM | nn.GRU]) -> Callable[[], nn.Module]:
    return lambda: Recurrent(kind)


CASES = (
    computing(scaled_dot_product),
    *(Hard(kind.__name__, _recurrent(kind), _sequences) for kind in (nn.RNN, nn.LSTM, nn.GRU)),
    Hard("cells", Cells, _sequences),
    Hard("packed sequence", Packed, lambda: (*_sequences(), torch.tensor([2, 3])), rung="real"),
    Hard("attention", lambda: Attention(need_weights=False), _masked),
    Hard("attention with weights", lambda: Attention(need_weights=True), _masked),
    Hard("encoder", lambda: Encoder(nested=False), _masked),
    Hard("encoder with nested tensors", lambda: Encoder(nested=True), _masked),
    Hard("encoder in training", lambda: Encoder(nested=False), _masked, mode="train"),
    Hard("transformer", WholeTransformer, _sequences),
)
