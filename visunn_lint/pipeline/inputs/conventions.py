"""The inputs that a model itself declares, as Lightning, transformers and timm have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.utils import _pytree as pytree

from visunn_lint.errors import STOPS, InputError, VisunnError
from visunn_lint.pipeline.building.devices import pretend_devices
from visunn_lint.pipeline.description import describe
from visunn_lint.pipeline.engines.native.structure import replace_tensors
from visunn_lint.pipeline.inputs.arguments import Arguments, from_spec, from_values
from visunn_lint.pipeline.inputs.consumers import telling_layers
from visunn_lint.pipeline.inputs.signature import inner_model
from visunn_lint.spec import InputSpec, TensorInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

_OWN = ("example_inputs", "example_input_array")

_SPELLED = (str, int, float, NoneType, TensorInput)
"""What inputs are spelled with, once containers are taken apart."""


@dataclass(frozen=True, slots=True)
class Declared:
    """Inputs that a model declares; ``is_default`` if its library does so for all models alike."""

    arguments: Arguments
    is_default: bool = False


def declared_inputs(model: nn.Module, module: ModuleType | None) -> Declared | None:
    """Return what a model, or the module that defines it, declares as inputs; None if nothing.

    First ``example_inputs`` and ``example_input_array`` (Lightning): a tuple is the positional
    arguments, a dict the named ones, a callable is called; a string, or several and no tensor, is
    any spelling of InputSpec. Then ``dummy_inputs`` (transformers)
    and ``pretrained_cfg["input_size"]`` (timm). Raises InputError for a declaration that cannot
    be read or does not fit forward.
    """
    inner = inner_model(model)
    for name in _OWN:
        found = _value(inner, name)
        if found is not None:
            return Declared(_arguments(found, model, name))
    named = vars(module).get("example_inputs") if module is not None else None
    if named is not None:
        return Declared(_arguments(_called(named, "example_inputs"), model, "example_inputs"))
    return next(_defaults(inner, model), None)


def _defaults(inner: nn.Module, model: nn.Module) -> Iterator[Declared]:
    """Yield what libraries declare for all of their models, as far as it fits this one."""
    for found, is_default in ((_value(inner, "dummy_inputs"), _inherits_dummies(inner)), (_timm_size(inner), True)):
        try:
            if found is not None:
                yield Declared(_arguments(found, model, "dummy_inputs"), is_default)
        except InputError:
            continue


def _inherits_dummies(model: nn.Module) -> bool:
    """Return whether ``dummy_inputs`` are those that transformers gives to every model, whatever it reads."""
    owner = next((cls for cls in type(model).__mro__ if "dummy_inputs" in vars(cls)), None)
    return owner is not None and owner.__name__ == "PreTrainedModel"


def _timm_size(model: nn.Module) -> InputSpec | None:
    """Return ``input_size`` of timm's config, with as many channels as the first convolution reads."""
    config = getattr(model, "pretrained_cfg", None)
    size = config.get("input_size") if isinstance(config, Mapping) else None
    if not size:
        return None
    first = next((layer for _, layer in telling_layers(model)), None)
    channels = first.in_channels if isinstance(first, nn.Conv2d) else size[0]
    return InputSpec((TensorInput(("b", channels, *size[1:])),))


def _value(model: nn.Module, name: str) -> object:
    """Return an attribute, property or called method of a model or its class; None if it has none."""
    if not hasattr(type(model), name) and name not in vars(model):
        return None
    try:
        found = getattr(model, name)
    except STOPS:
        raise
    except BaseException as error:
        raise _raised(name, error) from error
    return None if found is None else _called(found, name)


def _called(found: object, name: str) -> object:
    if isinstance(found, Tensor | nn.Module) or not callable(found):
        return found
    try:
        with pretend_devices("real"):
            return found()
    except STOPS:
        raise
    except BaseException as error:
        raise _raised(name, error) from error


def _raised(name: str, error: BaseException) -> InputError:
    return InputError(f"`{name}` cannot be read: {describe(error)}")


def _arguments(found: Any, model: nn.Module, name: str) -> Arguments:  # noqa: ANN401 -- whatever the user declares
    if isinstance(found, InputSpec) or _is_shape(found) or _is_spelled(found):
        return from_spec(_parsed(found, name), model)
    found = replace_tensors(found, _with_values)
    args = found if isinstance(found, tuple) else () if isinstance(found, dict) else (found,)
    kwargs = dict(found) if isinstance(found, dict) else {}
    return from_values(model, args, kwargs)


def _with_values(tensor: Tensor) -> Tensor:
    """Return a tensor that an import on the meta device has left without values, with some."""
    if not tensor.is_meta:
        return tensor
    made = torch.zeros(tensor.shape, dtype=tensor.dtype)
    return made.normal_(generator=torch.Generator().manual_seed(0)) if made.is_floating_point() else made


def _is_shape(found: object) -> bool:
    return isinstance(found, tuple) and len(found) > 1 and all(type(dim) is int or dim == "b" for dim in found)


def _is_spelled(found: object) -> bool:
    """Return whether there is a string in a declaration, and beside strings nothing but plain values."""
    leaves = pytree.tree_leaves(found)
    return any(isinstance(leaf, str) for leaf in leaves) and all(isinstance(leaf, _SPELLED) for leaf in leaves)


def _parsed(found: object, name: str) -> InputSpec:
    try:
        return InputSpec.parse(found)
    except VisunnError as error:
        message = f"`{name}`: {error.message}"
        raise InputError(message, hint=error.hint) from None
