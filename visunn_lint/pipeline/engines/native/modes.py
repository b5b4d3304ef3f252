"""Puts a model into train or eval for a run."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from torch import nn

if TYPE_CHECKING:
    from collections.abc import Collection


def put_in_mode(model: nn.Module, modules: Collection[nn.Module], *, training: bool) -> None:
    """Do what ``model.train(training)`` does; ``modules`` are the model and all that is registered in it.

    Where no class has a word of its own in it, the flags are set without the three calls that torch makes for each.
    """
    if all(map(_leaves_it_to_torch, set(map(type, modules)))) and not any("train" in vars(each) for each in modules):
        for module in modules:
            module.__dict__["training"] = training
    else:
        model.train(training)


_TORCHS: Final = ("train", "children", "named_children", "__setattr__")


@lru_cache(maxsize=4096)
def _leaves_it_to_torch(cls: type) -> bool:
    """Return whether torch's own methods are all that has to do with the mode of a class's modules."""
    return not hasattr(cls, "training") and all(getattr(cls, name) is getattr(nn.Module, name) for name in _TORCHS)
