"""Builds what was written for CUDA on any machine, and large models without memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import torch
from torch.overrides import TorchFunctionMode

from visunn_lint.pipeline.building.device_moves import CPU, asked_device, factories, leaves_as_is, without_device
from visunn_lint.pipeline.engines.native.rungs import FROM_DATA, MetaRung
from visunn_lint.pipeline.engines.native.structure import tensors_in

if TYPE_CHECKING:
    from visunn_lint.pipeline.calling import Args, Function, Kwargs, Value


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
        if not tensors and (func in FROM_DATA or func in factories()):
            kwargs = {**kwargs, "device": CPU}
        return self._rung.run(func, args, kwargs, tensors)


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
