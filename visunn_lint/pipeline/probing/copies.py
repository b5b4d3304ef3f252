"""A copy of a model that may be run and changed."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.utils import _pytree as pytree

from visunn_lint.errors import InputError
from visunn_lint.pipeline.engines.native.structure import tensors_in
from visunn_lint.pipeline.engines.native.surroundings import UNFUSED, WITHOUT_WARNINGS, same_surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import nn

_SEED = 0


@contextmanager
def running_copy(model: nn.Module) -> Iterator[nn.Module]:
    """Yield a copy of a model, its modules called one by one; the generators of random numbers are put back.

    Raises InputError for a model without values, or one that cannot be copied.
    """
    if any(tensor.is_meta for tensor in (*model.parameters(), *model.buffers())):
        message = "the model has no values, it stands on the meta device"
        raise InputError(message, hint="build it on a real device: this needs its weights")
    with ExitStack() as stack:
        for context in (same_surroundings(), UNFUSED, WITHOUT_WARNINGS):
            stack.enter_context(context)
        yield _copied(model)


def outputs_of(model: nn.Module, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[Tensor]:
    """Return every tensor that a run puts out; random numbers are the same in each.

    Raises InputError for inputs without values, as very large ones are.
    """
    if any(tensor.is_meta for tensor in tensors_in(args, dict(kwargs))):
        message = "an input has no values, it stands on the meta device"
        raise InputError(message, hint="give smaller inputs, or tensors on a real device as args")
    torch.manual_seed(_SEED)
    return [leaf for leaf in pytree.tree_leaves(model(*args, **kwargs)) if isinstance(leaf, Tensor)]


def _copied(model: nn.Module) -> nn.Module:
    try:
        return deepcopy(model)
    except Exception as error:
        message = f"the model cannot be copied: {error}"
        raise InputError(message, hint="what cannot be copied cannot be run without changing it") from error
