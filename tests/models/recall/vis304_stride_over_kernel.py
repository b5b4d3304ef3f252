"""Strides over more places than the kernel spans."""

import torch
from torch import Tensor, nn

INPUTS = "b x 1 x 4000"


class Waveform(nn.Module):
    """A classifier of sound, from the wave itself."""

    def __init__(self, kernel: int) -> None:
        super().__init__()
        self.frames = nn.Conv1d(1, 16, kernel_size=kernel, stride=160)  # <- Bug in frames
        self.mix = nn.Sequential(nn.Conv1d(16, 16, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten())
        self.fc = nn.Linear(16, 4)

    def forward(self, wave: Tensor) -> Tensor:
        out: Tensor = self.fc(self.mix(torch.relu(self.frames(wave))))
        return out


class Bug(Waveform):
    """Half of the samples are never heard."""

    def __init__(self) -> None:
        super().__init__(80)


class Fixed(Waveform):
    """Frames that overlap."""

    def __init__(self) -> None:
        super().__init__(400)
