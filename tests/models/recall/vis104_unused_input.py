"""Inputs that are handed in and never looked at: masks and lengths that have no effect."""

import math

import torch
from torch import Tensor, nn

INPUTS = "b x 12:int64, b x 12:bool"
INPUTS2 = "src=b x 10:int64, src_lengths=b:int64"


class Attention(nn.Module):
    """Scaled dot-product attention whose mask is accepted and left aside."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        batch, steps, dim = x.shape
        q, k, v = self.qkv(x).reshape(batch, steps, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-2, -1) / math.sqrt(dim // self.heads)
        out = scores.softmax(dim=-1) @ v
        return self.proj(out.transpose(1, 2).reshape(batch, steps, dim))


class MaskedAttention(Attention):
    """The same, which heeds its mask."""

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        batch, steps, dim = x.shape
        q, k, v = self.qkv(x).reshape(batch, steps, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-2, -1) / math.sqrt(dim // self.heads)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :], -1e9)
        out = scores.softmax(dim=-1) @ v
        return self.proj(out.transpose(1, 2).reshape(batch, steps, dim))


class Block(nn.Module):
    """A pre-norm transformer block."""

    def __init__(self, attention: Attention) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(16), nn.LayerNorm(16)
        self.attention = attention
        self.mlp = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16))

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        x = x + self.attention(self.norm1(x), mask)
        return x + self.mlp(self.norm2(x))


class Bug(nn.Module):
    """A text encoder: the padding mask goes down two levels, and ends there."""

    attention: type[Attention] = Attention

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(50, 16)
        self.blocks = nn.ModuleList(Block(self.attention(16, 2)) for _ in range(2))
        self.norm = nn.LayerNorm(16)

    def forward(self, tokens: Tensor, padding_mask: Tensor | None = None) -> Tensor:  # <- Bug
        x = self.embed(tokens)
        for block in self.blocks:
            x = block(x, mask=padding_mask)
        return self.norm(x).mean(1)


class Fixed(Bug):
    """The same, with attention that heeds the mask."""

    attention = MaskedAttention


class Bug2(nn.Module):
    """An encoder of sentences that was to pack them by their lengths."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(50, 16)
        self.rnn = nn.GRU(16, 16, batch_first=True)

    def forward(self, src: Tensor, src_lengths: Tensor) -> Tensor:  # <- Bug2
        outputs, hidden = self.rnn(self.embed(src))
        return outputs[:, -1] + hidden[-1]


class Fixed2(Bug2):
    """The same, which takes the last step that each sentence has."""

    def forward(self, src: Tensor, src_lengths: Tensor) -> Tensor:
        outputs, hidden = self.rnn(self.embed(src))
        last = (src_lengths - 1).clamp(min=0).view(-1, 1, 1).expand(-1, 1, outputs.shape[2])
        return torch.gather(outputs, 1, last).squeeze(1) + hidden[-1]
