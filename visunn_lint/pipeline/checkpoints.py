"""What a checkpoint holds: the names and shapes of its tensors, without the numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from visunn_lint.errors import TargetError
from visunn_lint.pipeline.description import describe
from visunn_lint.records import Checkpoint

if TYPE_CHECKING:
    from pathlib import Path

_MOST_HEADER_BYTES = 100 << 20
_WRAPPERS = ("state_dict", "model_state_dict", "model", "module", "net", "params")
"""Under which names training scripts put the weights beside their optimizers."""


def read_checkpoint(file: Path) -> Checkpoint:
    """Return names and shapes of the tensors in a checkpoint; of a sharded one all shards.

    ``.safetensors`` files are read by their header alone, an index (``….safetensors.index.json``)
    by the headers of its shards, and others by ``torch.load`` with ``weights_only=True``, onto the meta device.
    Raises TargetError for what cannot be read.
    """
    try:
        return Checkpoint(str(file), _shapes(file))
    except Exception as error:
        message = f"the checkpoint {file} cannot be read: {describe(error)}"
        raise TargetError(
            message, hint="give a .safetensors file, its index, or what torch.save made of a state_dict"
        ) from error


def _shapes(file: Path) -> Mapping[str, tuple[int, ...]]:
    if file.name.endswith(".index.json"):
        shards = dict.fromkeys(json.loads(file.read_bytes())["weight_map"].values())
        return {name: shape for shard in shards for name, shape in _header(file.parent / shard).items()}
    if file.suffix == ".safetensors":
        return _header(file)
    return _from_pickle(torch.load(file, map_location="meta", weights_only=True))


def _header(file: Path) -> dict[str, tuple[int, ...]]:
    """Return what the header of a safetensors file says: its length in 8 bytes, little-endian, then JSON."""
    with file.open("rb") as data:
        length = int.from_bytes(data.read(8), "little")
        if length > _MOST_HEADER_BYTES:
            message = f"its header would be {length:,} bytes long"
            raise ValueError(message)
        header = json.loads(data.read(length))
    return {name: tuple(entry["shape"]) for name, entry in header.items() if name != "__metadata__"}


def _from_pickle(loaded: Any) -> dict[str, tuple[int, ...]]:  # noqa: ANN401 -- whatever was saved
    while isinstance(loaded, Mapping) and not any(isinstance(value, Tensor) for value in loaded.values()):
        loaded = next((loaded[name] for name in _WRAPPERS if name in loaded), None)
    if not isinstance(loaded, Mapping):
        message = "there is no state_dict in it"
        raise TypeError(message)
    return {name: tuple(value.shape) for name, value in loaded.items() if isinstance(value, Tensor)}
