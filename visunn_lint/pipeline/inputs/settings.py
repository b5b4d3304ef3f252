"""What a model says of its own sizes: in its config and the configs within it, or in plain attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visunn_lint.pipeline.inputs.consumers import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import nn

IMAGE: frozenset[str] = frozenset({"vision", "image", "visual", "vit", "backbone", "video"})
AUDIO: frozenset[str] = frozenset({"audio", "speech", "acoustic", "sound", "encoder"})
TEXT: frozenset[str] = frozenset({"text", "language", "llm", "decoder"})
_SIDES = ("image_size", "img_size", "image_resolution")
_MOST_CONFIGS = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """The configs of a model with the words of the names that they go by, the model's own first."""

    configs: tuple[tuple[frozenset[str], object], ...]

    def value(self, *names: str, part: frozenset[str] = frozenset()) -> object:
        """Return the first setting that has one of some names; None if there is none.

        The configs of a ``part`` (of the image tower, say) are asked before the others.
        """
        own = [config for said, config in self.configs if said & part]
        others = [config for said, config in self.configs if not said & part]
        found = (getattr(config, name, None) for config in (*own, *others) for name in names)
        return next((value for value in found if value is not None), None)

    def number(self, *names: str, part: frozenset[str] = frozenset()) -> int:
        """Return a setting that is a whole number, the first of several; 0 if there is none."""
        found = self.value(*names, part=part)
        first = found[0] if isinstance(found, Sequence) and found else found
        return first if type(first) is int else 0

    def sides(self, *names: str, part: frozenset[str] = frozenset()) -> tuple[int, int] | None:
        """Return height and width, given as one number, a pair, or by name; None if they are not."""
        return _pair(self.value(*names, part=part))


def parts_of(name: str) -> frozenset[str]:
    """Return the words of the parts of a model that an argument is likely to go through."""
    said = words(name)
    if said & {"pixel", "pixels", "image", "images", "video", "videos"}:
        return said | IMAGE
    return said | AUDIO if said & {"features", "values", "audio"} else said | TEXT


def settings(model: nn.Module) -> Settings:
    """Return the settings of a model: empty if it has no config."""
    config = getattr(model, "config", None)
    return Settings(tuple(_configs(config)) if config is not None else ())


def side_said(model: nn.Module) -> int:
    """Return the side of the images that a model, or the first part of it that says so, is made for; else 0."""
    for module in model.modules():
        for name in _SIDES:
            pair = _pair(vars(module).get(name))
            if pair is not None and pair[0] == pair[1]:
                return pair[0]
    return 0


def _configs(root: object) -> Iterator[tuple[frozenset[str], object]]:
    """Yield a config and those within it, the outer ones first."""
    found: list[tuple[frozenset[str], object]] = [(frozenset(), root)]
    for said, config in found:
        yield said, config
        for name, value in getattr(config, "__dict__", {}).items():
            if hasattr(value, "to_dict") and len(found) < _MOST_CONFIGS:
                found.append((said | words(name), value))


def _pair(value: object) -> tuple[int, int] | None:
    if type(value) is int:
        return (value, value)
    if isinstance(value, Mapping):
        sides = [value.get(name) for name in ("height", "width")]
        return _pair(sides if None not in sides else value.get("shortest_edge"))
    if not isinstance(value, Sequence) or len(value) != 2:  # noqa: PLR2004 -- height and width
        return None
    height, width = value
    return (height, width) if type(height) is int and type(width) is int else None
