"""Installed packages are imported for real, whatever device the user's own modules are built on."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from typing import TYPE_CHECKING

import torch

from visunn_lint.pipeline.frames import is_foreign

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType


class InstalledFinder(MetaPathFinder):
    """Switches device contexts and other function modes off while an installed package is executed.

    Such a package stays in ``sys.modules``: a tensor among its globals that was made on the meta
    device would be wrong for everybody who uses it later.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec that the other finders find, its execution shielded."""
        if not torch._C._len_torch_function_stack():  # noqa: SLF001 -- torch offers no public name for it
            return None
        for finder in sys.meta_path:
            spec = finder.find_spec(fullname, path, target) if finder is not self else None
            if spec is not None:
                return _shielded(spec) if is_foreign(spec.origin or "") else spec
        return None


def _shielded(spec: ModuleSpec) -> ModuleSpec:
    loader = spec.loader
    execute: Callable[[ModuleType], None] | None = getattr(loader, "exec_module", None)
    if loader is None or isinstance(loader, type) or execute is None:
        return spec

    def execute_for_real(module: ModuleType) -> None:
        del loader.exec_module
        with torch._C.DisableTorchFunction():  # noqa: SLF001 -- the only switch that covers modes
            execute(module)

    loader.exec_module = execute_for_real  # type: ignore[method-assign]
    return spec
