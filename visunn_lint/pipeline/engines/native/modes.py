"""Puts a model into train or eval for a run."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

from torch import nn

if TYPE_CHECKING:
    from collections.abc import Collection


def put_in_mode(model: nn.Module, modules: Collection[nn.Module], *, training: bool) -> None:
    """Do what ``model.train(training)`` does; ``modules`` are the model and all that is registered in it.

    Where no class and no module replaces a method that torch calls for it, the flags are set without the three calls
    that it makes for each module. What is registered twice, or within itself, is left to torch.
    """
    is_tree = sum(map(len, map(_CHILDREN, modules))) == len(modules) - 1
    if is_tree and all(map(_leaves_it_to_torch, set(map(type, modules)))) and not any(map(_has_its_own, modules)):
        for module in modules:
            module.__dict__["training"] = training
    else:
        model.train(training)


_CHILDREN: Final = attrgetter("_modules")
_TORCHS: Final = {name: getattr(nn.Module, name) for name in ("train", "children", "named_children", "__setattr__")}


def _leaves_it_to_torch(cls: type) -> bool:
    """Return whether torch's own methods, none of them replaced, are all that sets the mode of a class's modules."""
    return not hasattr(cls, "training") and all(getattr(cls, name) is method for name, method in _TORCHS.items())


def _has_its_own(module: nn.Module) -> bool:
    held = module.__dict__
    return "train" in held or "children" in held or "named_children" in held
