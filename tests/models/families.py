"""Models as libraries write them: sizes in a config, arguments that default to None, inputs that have to agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import SimpleNamespace


class Config:
    """Settings, and the configs of parts among them."""

    def __init__(self, settings: dict[str, Any]) -> None:
        vars(self).update(settings)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings: what has this method is a config."""
        return dict(vars(self))


class TwoTowers(nn.Module):
    """Texts and images, both of which default to None; only the image tower knows its size."""

    main_input_name = "input_ids"

    def __init__(self) -> None:
        super().__init__()
        vision = Config({"image_size": 32, "num_channels": 3, "patch_size": 8})
        self.config = Config({"vision_config": vision, "text_config": Config({"vocab_size": 50})})
        self.words = nn.Embedding(50, 16)
        self.patches = nn.Conv2d(3, 16, 8, 8)
        self.positions = nn.Parameter(torch.zeros(1, 16, 16))

    def forward(self, input_ids: Tensor | None = None, pixel_values: Tensor | None = None) -> Tensor:
        images = self.images(pixel_values)
        return self.words(input_ids).mean(1) @ images.mean(1).T

    def images(self, pixels: Tensor | None) -> Tensor:
        return self.patches(pixels.float()).flatten(2).transpose(1, 2) + self.positions  # type: ignore[union-attr]


class Translator(nn.Module):
    """An encoder and a decoder, whose ids it knows as those of its own."""

    main_input_name = "input_ids"

    def __init__(self) -> None:
        super().__init__()
        self.config = Config({"hidden_size": 16})
        self.words = nn.Embedding(50, 16)

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        decoder_input_ids: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        decoder_inputs_embeds: Tensor | None = None,
    ) -> Tensor:
        source = self.embed(input_ids, inputs_embeds)
        if attention_mask is not None:
            source = source * attention_mask[..., None]
        return self.embed(decoder_input_ids, decoder_inputs_embeds) + source.mean(1, keepdim=True)

    def embed(self, input_ids: Tensor | None, inputs_embeds: Tensor | None) -> Tensor:
        if (input_ids is None) == (inputs_embeds is None):
            message = "You must specify exactly one of input_ids or inputs_embeds"
            raise ValueError(message)
        return self.words(input_ids) if inputs_embeds is None else inputs_embeds


class Listener(nn.Module):
    """Frames of a fixed number, bands first, and the ids of what was said."""

    main_input_name = "input_features"

    def __init__(self) -> None:
        super().__init__()
        self.config = Config({"num_mel_bins": 20, "max_source_positions": 50})
        self.words = nn.Embedding(50, 16)
        self.conv = nn.Conv1d(20, 16, 3, stride=2, padding=1)
        self.positions = nn.Parameter(torch.zeros(50, 16))

    def forward(self, input_features: Tensor | None = None, decoder_input_ids: Tensor | None = None) -> Tensor:
        heard = self.conv(input_features).transpose(1, 2) + self.positions
        return self.words(decoder_input_ids) + heard.mean(1, keepdim=True)


class Sonograms(nn.Module):
    """Text, and frames of sound that are read as images of one channel."""

    main_input_name = "input_ids"

    def __init__(self) -> None:
        super().__init__()
        self.config = Config({"audio_config": Config({"num_mel_bins": 20}), "text_config": Config({"vocab_size": 50})})
        self.words = nn.Embedding(50, 16)
        self.norm = nn.BatchNorm2d(20)
        self.conv = nn.Conv2d(1, 16, 4, 4)

    def forward(self, input_ids: Tensor | None = None, input_features: Tensor | None = None) -> Tensor:
        bands = self.norm(input_features.transpose(1, 3))  # type: ignore[union-attr]
        return self.words(input_ids).mean(1) @ self.conv(bands.transpose(1, 3)).mean((2, 3)).T


class Codebooks(nn.Module):
    """Words of sound, several at a time: each is looked up in a part of its own of one table."""

    main_input_name = "input_ids"
    offsets: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(5 * 40, 16)
        self.register_buffer("offsets", torch.arange(5) * 40)

    def forward(self, input_ids: Tensor | None = None) -> Tensor:
        codes = self.offsets if input_ids is None else input_ids + self.offsets
        return self.words(codes).sum(-2)


class Waves(nn.Module):
    """Samples of sound; in train mode a span of ten frames is masked."""

    main_input_name = "input_values"

    def __init__(self) -> None:
        super().__init__()
        self.config = Config({"conv_kernel": [10], "conv_stride": [320]})
        self.conv = nn.Conv1d(1, 8, 400, stride=320)

    def forward(self, input_values: Tensor) -> Tensor:
        frames = self.conv(input_values[:, None])
        if self.training and frames.shape[-1] < 10:
            message = f"`mask_length` has to be smaller than `sequence_length`, but got {frames.shape[-1]}"
            raise ValueError(message)
        return frames


class Mosaic(nn.Module):
    """Flat patches of images whose sides are given beside them."""

    main_input_name = "pixel_values"

    def __init__(self) -> None:
        super().__init__()
        self.config = Config({"patch_size": 4, "in_channels": 3, "temporal_patch_size": 2})
        self.patches = nn.Linear(96, 8)

    def forward(self, pixel_values: Tensor, grid_thw: Tensor) -> Tensor:
        sizes = [t * h * w for t, h, w in grid_thw.tolist()]
        return torch.stack([part.mean(0) for part in self.patches(pixel_values).split(sizes)])


class Clips(nn.Module):
    """Reads clips with another stride in time than in space, and has a position for each patch."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv3d(3, 4, (2, 16, 16), stride=(2, 16, 16))
        self.positions = nn.Parameter(torch.zeros(1, 8 * 14 * 14, 4))

    def forward(self, x: Tensor) -> Tensor:
        return self.patches(x).flatten(2).transpose(1, 2) + self.positions


class Frames(nn.Module):
    """Reads clips frame by frame, so many as its config says."""

    main_input_name = "pixel_values"

    def __init__(self) -> None:
        super().__init__()
        self.config = Config({"num_frames": 4, "image_size": 32, "num_channels": 3})
        self.conv = nn.Conv2d(3, 8, 4, 4)

    def forward(self, pixel_values: Tensor) -> Tensor:
        batch, frames, *image = pixel_values.shape
        return self.conv(pixel_values.view(batch * frames, *image)).view(batch, frames, -1).mean(1)


class Detector(nn.Module):
    """Takes a list of images, and in train mode the boxes on each of them."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, images: Sequence[Tensor], targets: Sequence[dict[str, Tensor]] | None = None) -> Tensor:
        found = torch.stack([self.conv(image[None]).mean((0, 2, 3)) for image in images])
        if not self.training:
            return found
        if targets is None:
            message = "targets should not be none when in training mode"
            raise ValueError(message)
        wanted = torch.stack([target["boxes"][target["labels"].numel() - 1] for target in targets])
        return (found - wanted).abs().mean(1)


class Trained(nn.Module):
    """Does in eval mode alone what it was made for: in train mode it wants what nobody can guess."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(10, 3)

    def forward(self, x: Tensor, teacher: SimpleNamespace | None = None) -> Tensor:
        if self.training:
            return self.fc(x) - teacher.outputs  # type: ignore[union-attr]
        return self.fc(x)


class Silent(nn.Module):
    """Accepts one size of image, and does not say which."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 16, 16)
        self.side = side // 16

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        assert x.shape[-1] == self.side
        return x


class Molecules(nn.Module):
    """A graph: features of nodes, and the nodes that each edge joins."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 8)

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        source, target = edge_index
        return torch.zeros_like(x).index_add(0, target, self.fc(x)[source])


class Clouds(nn.Module):
    """Sets of points, with features of each."""

    def __init__(self) -> None:
        super().__init__()
        self.points = nn.Linear(3, 16)
        self.features = nn.Linear(5, 16)

    def forward(self, points: Tensor, features: Tensor) -> Tensor:
        return (self.points(points) + self.features(features)).amax(1)


class Regions(nn.Module):
    """Words, and features of regions of an image that attend to each other."""

    main_input_name = "input_ids"

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(50, 16)
        self.regions = nn.Linear(12, 16)

    def forward(self, input_ids: Tensor | None = None, visual_feats: Tensor | None = None) -> Tensor:
        if visual_feats is None:
            message = "Visual_feats are required for the heads"
            raise ValueError(message)
        seen = self.regions(visual_feats)
        heads = seen.view(*seen.shape[:-1], 4, 4).permute(0, 2, 1, 3)
        return self.words(input_ids).mean(1) + heads.mean((1, 2)).repeat(1, 4)
