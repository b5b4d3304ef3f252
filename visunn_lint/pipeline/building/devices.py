"""Builds what was written for CUDA on any machine, and large models without memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import torch
from torch.overrides import TorchFunctionMode

from visunn_lint.pipeline.building.device_moves import CPU, asked_device, factories, leaves_as_is, without_device
from visunn_lint.pipeline.engines.native.rungs import FROM_DATA, MetaRung
from visunn_lint.pipeline.engines.native.structure import PLAIN_TENSORS, tensors_in

if TYPE_CHECKING:
    from torch import Tensor

    from visunn_lint.pipeline.calling import Args, Function, Kwargs, Value


_FILLS: Final = frozenset({torch.Tensor.normal_, torch.Tensor.uniform_, torch.Tensor.zero_, torch.Tensor.fill_})
"""What initialisers end in: on tensors without values it does nothing, by kernels written in Python."""


def pretend_devices(rung: Literal["meta", "real"]) -> TorchFunctionMode:
    """Return a mode under which a model can be imported and built, whatever devices it names.

    On the rung ``meta`` large tensors have neither memory nor values and small ones both, so that
    a constructor may look at a short ``linspace``; on ``real`` all have both, and are on the CPU
    where the device that was asked for is not there.
    """
    return _MetaBuild() if rung == "meta" else _RealBuild()


class _MetaBuild(TorchFunctionMode):
    def __init__(self) -> None:
        super().__init__()
        self._rung = MetaRung()

    def __torch_function__(
        self,
        func: Function,
        types: object,
        args: Args = (),
        kwargs: Kwargs | None = None,
    ) -> Value:
        kwargs = kwargs or {}
        if asked_device(func, args, kwargs) is not None:
            args, kwargs = without_device(func, args, kwargs)
            if leaves_as_is(func, args, kwargs):
                return args[0]
        tensors = tensors_in(args, kwargs)
        if func in _FILLS and _has_no_values(tensors):
            return tensors[0]
        if not tensors and (func in FROM_DATA or func in factories()):
            kwargs = {**kwargs, "device": CPU}
        return self._rung.run(func, args, kwargs, tensors)


def _has_no_values(tensors: list[Tensor]) -> bool:
    """Return whether a fill of its one operand can be left out: on meta, and not one that autograd forbids."""
    return (
        len(tensors) == 1
        and type(tensors[0]) in PLAIN_TENSORS
        and tensors[0].is_meta
        and not (tensors[0].requires_grad and torch.is_grad_enabled())
    )


class _RealBuild(TorchFunctionMode):
    def __torch_function__(
        self,
        func: Function,
        types: object,
        args: Args = (),
        kwargs: Kwargs | None = None,
    ) -> Value:
        kwargs = kwargs or {}
        asked = asked_device(func, args, kwargs)
        if asked is None or is_available(asked):
            return func(*args, **kwargs)
        args, kwargs = without_device(func, args, kwargs)
        if leaves_as_is(func, args, kwargs):
            return args[0]
        return func(*args, **kwargs)


def is_available(device: torch.device) -> bool:
    """Return whether tensors can be made on a device here."""
    if device.type in {"cpu", "meta"}:
        return True
    accelerator = torch.accelerator.current_accelerator(check_available=True)
    return accelerator is not None and accelerator.type == device.type
