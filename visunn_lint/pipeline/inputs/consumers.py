"""The layers that first consume an input, and what they say of its shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd

from visunn_lint.spec import TensorInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZE = "n"
"""Stands in a guessed shape for the one length that is free: an image's side, a sequence's length."""

_INDICES = (nn.Embedding, nn.EmbeddingBag)
_LAZY_CHANNELS = 3
_LAZY_FEATURES = 16
_CLIP_FRAMES = 16

_INDEX_WORDS = frozenset({"ids", "id", "idx", "index", "indices", "token", "tokens", "word", "words", "text", "texts"})
_IMAGE_WORDS = frozenset({"image", "images", "img", "imgs", "pixel", "pixels"})
_FLOAT_WORDS = frozenset(
    {"features", "feats", "values", "embeds", "embeddings", "states", "latents", "audio", "waveform", "video", "pos"}
)
_MASK_WORDS = frozenset({"mask", "masks"})
_LENGTH_WORDS = frozenset({"length", "lengths", "len", "lens"})
_ANYTHING = frozenset({"x", "y", "input", "inputs", "data", "batch", "t", ""})


def is_telling(module: nn.Module) -> bool:
    """Return whether a module is of a class that says what it reads."""
    return isinstance(module, _TELLING)


def telling_layers(model: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """Yield the layers whose class says what they read, in the order of registration, with their paths."""
    stack = [("", model)]
    while stack:
        path, module = stack.pop()
        if is_telling(module):
            yield path, module
        else:
            stack.extend((f"{path}.{name}", child) for name, child in reversed(list(module.named_children())))


def first_consumer(model: nn.Module, name: str) -> nn.Module | None:
    """Return the layer that by name or by order is likeliest to read a parameter of forward."""
    layers = list(telling_layers(model))
    said = words(name) - _ANYTHING
    for path, layer in layers:
        if _stems(said) & _stems(words(path)) and not (reads_indices(layer) and said & _FLOAT_WORDS):
            return layer
    if said & _FLOAT_WORDS and not said & _INDEX_WORDS:
        return next((layer for _, layer in layers if not reads_indices(layer)), None)
    kinds = _INDICES if said & _INDEX_WORDS else nn.Conv2d if said & _IMAGE_WORDS else nn.Module
    fitting = [layer for _, layer in layers if isinstance(layer, kinds)]
    return next(iter(fitting or [layer for _, layer in layers]), None)


def _stems(found: frozenset[str]) -> frozenset[str]:
    """Return words without the ending of the plural: ``actions`` go through ``embed_action``."""
    return frozenset(word.removesuffix("s") for word in found if word)


def reads_indices(layer: nn.Module) -> bool:
    """Return whether a layer looks its inputs up: they have to be integers."""
    return isinstance(layer, _INDICES)


def layout(layer: nn.Module) -> TensorInput | None:
    """Return what a layer reads, with ``b`` for the batch and ``n`` for a length that is free."""
    return next((read(layer) for kinds, read in _LAYOUTS if isinstance(layer, kinds)), None)


def layouts(layer: nn.Module) -> Iterator[TensorInput]:
    """Yield what a layer reads; first a clip where it treats time unlike space."""
    if isinstance(layer, nn.Conv3d) and not _is_cubic(layer):
        yield TensorInput(("b", layer.in_channels or _LAZY_CHANNELS, _CLIP_FRAMES, SIZE, SIZE))
    found = layout(layer)
    if found is not None:
        yield found


def _is_cubic(layer: nn.Conv3d) -> bool:
    return len(set(layer.kernel_size)) == 1 and len(set(layer.stride)) == 1


def model_layout(model: nn.Module) -> TensorInput | None:
    """Return what a model without telling layers reads, going by its first matrix."""
    known = (parameter for parameter in model.parameters() if not hasattr(parameter, "materialize"))
    matrix = next((parameter for parameter in known if parameter.dim() > 1), None)
    return None if matrix is None else TensorInput(("b", matrix.shape[0]))


def words(name: str) -> frozenset[str]:
    """Return the words of a dotted or underscored name in lower case, without digits."""
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    return frozenset(re.split(r"[\W_\d]+", parts.lower()))


def is_mask(name: str) -> bool:
    """Return whether a parameter is by its name a mask."""
    return bool(words(name) & _MASK_WORDS)


def is_length(name: str) -> bool:
    """Return whether a parameter is by its name the length of each sequence."""
    return bool(words(name) & _LENGTH_WORDS)


def parameter_dtype(model: nn.Module) -> torch.dtype:
    """Return the dtype of a model's first floating-point parameter, torch's default if there is none."""
    floating = (parameter.dtype for parameter in model.parameters() if parameter.is_floating_point())
    return next(floating, torch.get_default_dtype())


def _indices(_: nn.Module) -> TensorInput:
    return TensorInput(("b", SIZE), "int64")


def _channels(layer: Any) -> TensorInput:  # noqa: ANN401 -- one of several classes without a common base
    channels = next(getattr(layer, name) for name in _CHANNEL_NAMES if hasattr(layer, name))
    return TensorInput(("b", channels or _LAZY_CHANNELS, *[SIZE] * _rank(layer)))


def _rank(layer: Any) -> int:  # noqa: ANN401 -- as above
    """Return how many axes there are beside batch and channels."""
    if isinstance(layer, _ConvNd):
        return len(layer.kernel_size)
    return {nn.BatchNorm1d: 0, nn.BatchNorm3d: 3}.get(type(layer), 2)


def _features(layer: Any) -> TensorInput:  # noqa: ANN401 -- as above
    features = next(getattr(layer, name) for name in _FEATURE_NAMES if hasattr(layer, name))
    return TensorInput(("b", features or _LAZY_FEATURES))


def _normalized(layer: Any) -> TensorInput:  # noqa: ANN401 -- as above
    return TensorInput(("b", SIZE, *layer.normalized_shape))


def _sequence(layer: Any) -> TensorInput:  # noqa: ANN401 -- as above
    features = next(getattr(layer, name) for name in _WIDTH_NAMES if hasattr(layer, name))
    return TensorInput(("b", SIZE, features) if layer.batch_first else (SIZE, "b", features))


def _of_attention(layer: Any) -> TensorInput | None:  # noqa: ANN401 -- as above
    return layout(layer.self_attn)


def _of_stack(layer: Any) -> TensorInput | None:  # noqa: ANN401 -- as above
    return layout(layer.layers[0])


_CHANNEL_NAMES = ("in_channels", "num_features", "num_channels")
_FEATURE_NAMES = ("in_features", "in1_features", "input_size")
_WIDTH_NAMES = ("d_model", "embed_dim", "input_size")

_LAYOUTS: tuple[tuple[tuple[type, ...], Callable[[nn.Module], TensorInput | None]], ...] = (
    (_INDICES, _indices),
    ((_ConvNd, _BatchNorm, nn.GroupNorm), _channels),
    ((nn.Linear, nn.Bilinear, nn.RNNCellBase), _features),
    ((nn.LayerNorm,), _normalized),
    ((nn.Transformer, nn.MultiheadAttention, nn.RNNBase), _sequence),
    ((nn.TransformerEncoderLayer, nn.TransformerDecoderLayer), _of_attention),
    ((nn.TransformerEncoder, nn.TransformerDecoder), _of_stack),
)
_TELLING = tuple(kind for kinds, _ in _LAYOUTS for kind in kinds)
