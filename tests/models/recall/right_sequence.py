"""Right models of sequences that look wrong to who only reads their layers."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INPUTS = "tokens=b x 11:int64, attention_mask=b x 11:bool"
INPUTS2 = "9 x b x 6"
INPUTS3 = "b x 10 x 16"
INPUTS4 = "b x 6 x 12"
INPUTS5 = "b x 7:int64"
INPUTS6 = "b x 4 x 5 x 8"
INPUTS7 = "b x 8, b"


class Right(nn.Module):
    """A padding mask that is turned into lengths; embeddings of positions that depend on the shape alone."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.positions = nn.Embedding(50, 16), nn.Embedding(32, 16)
        self.norm = nn.LayerNorm(16)

    def forward(self, tokens: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        if attention_mask is None:
            attention_mask = torch.ones_like(tokens, dtype=torch.bool)
        places = torch.arange(tokens.shape[1], device=tokens.device)
        x = self.norm(self.words(tokens) + self.positions(places))
        weights = attention_mask.to(x.dtype).unsqueeze(-1)
        return (x * weights).sum(1) / weights.sum(1).clamp(min=1)


class Right2(nn.Module):
    """A language model of old: the sequence comes first, and so says its LSTM."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(6, 8, num_layers=2)
        self.decoder = nn.Linear(8, 20)

    def forward(self, x: Tensor) -> Tensor:
        shape = (2, x.shape[1], 8)
        states, _ = self.lstm(x, (x.new_zeros(shape), x.new_zeros(shape)))
        return F.log_softmax(self.decoder(states.reshape(-1, 8)), dim=1).view(x.shape[0], x.shape[1], 20)


class Right3(nn.Module):
    """Relative attention after Transformer-XL: scores are shifted by a pad and a view."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = nn.Linear(16, 16), nn.Linear(16, 16), nn.Linear(16, 16)
        self.distances = nn.Parameter(torch.zeros(10, 16))

    def shift(self, scores: Tensor) -> Tensor:
        batch, steps, distances = scores.shape
        padded = F.pad(scores, (1, 0))
        return padded.view(batch, distances + 1, steps)[:, 1:].reshape(batch, steps, distances)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = q @ k.transpose(1, 2) + self.shift(q @ self.distances.t())
        return (scores / math.sqrt(16)).softmax(-1) @ v


class Right4(nn.Module):
    """A transformer that wants the sequence first, and gets it so; its causal mask is made in forward."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(12, 3, 24)
        self.head = nn.Linear(12, 5)

    def forward(self, x: Tensor) -> Tensor:
        steps = torch.arange(x.shape[1], device=x.device)
        mask = torch.zeros(len(steps), len(steps), device=x.device).masked_fill(steps[:, None] < steps, float("-inf"))
        return self.head(self.layer(x.transpose(0, 1), src_mask=mask).transpose(0, 1))


class Right5(nn.Module):
    """A decoder with tied embeddings that computes its norm in float32 while it lives in bfloat16."""

    _tied_weights_keys = ("lm_head.weight",)

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(40, 16, dtype=torch.bfloat16)
        self.gain = nn.Parameter(torch.ones(16, dtype=torch.bfloat16))
        self.lm_head = nn.Linear(16, 40, bias=False, dtype=torch.bfloat16)
        self.lm_head.weight = self.embed.weight

    def norm(self, x: Tensor) -> Tensor:
        wide = x.to(torch.float32)
        scaled = x * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + 1e-6)
        return self.gain * scaled.to(x.dtype)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.lm_head(self.norm(self.embed(tokens)))


class Right6(nn.Module):
    """Axial attention: batch and rows are folded together, and each row is a sequence of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = nn.MultiheadAttention(8, 2, batch_first=True)
        self.columns = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        batch, height, width, dim = x.shape
        rows = x.reshape(batch * height, width, dim)
        x = self.rows(rows, rows, rows, need_weights=False)[0].view(batch, height, width, dim)
        columns = x.transpose(1, 2).reshape(batch * width, height, dim)
        mixed = self.columns(columns, columns, columns, need_weights=False)[0]
        return mixed.view(batch, width, height, dim).transpose(1, 2)


class Right7(nn.Module):
    """A ranking loss, where every pair is wanted, and the axis for it is set by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.score = nn.Linear(8, 1)

    def forward(self, x: Tensor, relevance: Tensor) -> Tensor:
        scores = self.score(x).squeeze(-1)
        margins = scores.unsqueeze(1) - scores
        wanted = relevance.unsqueeze(1) > relevance
        return (
            F.softplus(-margins)[wanted.nonzero(as_tuple=True)].mean()
            if wanted.shape[0] > 512
            else (F.softplus(-margins) * wanted).mean()
        )
