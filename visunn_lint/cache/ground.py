"""The ground that every run stands on: interpreter, packages, hardware, and what visunn itself is."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from functools import cache
from glob import glob
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import visunn_lint
from visunn_lint.location import is_installed, is_standard, standard_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

_OWN = Path(visunn_lint.__file__).parent

_NATIVE = (
    "TORCH", "PYTORCH", "CUDA", "CUBLAS", "CUDNN", "NCCL", "NVIDIA", "HIP", "HSA", "ROCR", "ROCM", "MIOPEN", "OMP",
    "KMP", "MKL", "OPENBLAS", "ONEDNN", "DNNL", "ATEN", "LC_", "LANG", "LD_", "PYTHON",
)  # fmt: skip
"""How environment variables begin that are read where no recording sees it: by C code, or as torch is imported."""

_HARDWARE = ("/dev/nvidia*", "/dev/kfd", "/dev/dri/render*", "/dev/accel*", "/dev/davinci*", "/dev/dxg")
_DRIVERS = ("/proc/driver/nvidia/version", "/proc/driver/nvidia/gpus/*/information", "/sys/module/amdgpu/version")


@dataclass(frozen=True, slots=True)
class Ground:
    """Which files are accounted for as a whole, so that nobody has to look at each of them.

    ``packages`` are the folders of installed packages, for which the names in them stand: they hold
    the versions. ``own`` are folders whose files are always looked at, wherever they lie.
    """

    packages: tuple[str, ...]
    own: tuple[str, ...] = ()

    @staticmethod
    def under(root: Path) -> Ground:
        """Return the ground under a project, as ``sys.path`` has it now."""
        folders = (os.path.abspath(folder) for folder in sys.path if folder)  # noqa: PTH100 -- links keep their names
        standard = standard_folders()
        packages = tuple(dict.fromkeys(each for each in folders if each not in standard and _holds_packages(each)))
        return Ground(packages, (f"{root}{os.sep}",) if is_installed(str(root / "model.py")) else ())

    def covers(self, path: str) -> bool:
        """Return whether a file is accounted for by Python's version, by its package's, or by visunn's."""
        return not path.startswith(self.own) and (
            path.startswith(_below((*self.packages, str(_OWN)))) or is_standard(path)
        )

    def digest(self) -> str:
        """Return what changes as soon as a run may come out differently though the project is the same."""
        facts = (*_interpreter(), *map(_listing, self.packages), *_hardware(), *_native_variables(), _own_source())
        return blake2b(repr(facts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@cache
def _below(folders: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the paths of files in some folders begin with."""
    return tuple(f"{folder}{os.sep}" for folder in folders)


def _holds_packages(folder: str) -> bool:
    return is_installed(os.path.join(folder, "x"))  # noqa: PTH118 -- a path as text, once for each entry of sys.path


def _interpreter() -> tuple[object, ...]:
    """Return which interpreter runs, and how: ``safe_path`` did its part on the path, and workers start with it."""
    flags = [getattr(sys.flags, name) for name in type(sys.flags).__match_args__ if name != "safe_path"]
    return (visunn_lint.__version__, sys.version, sys.executable, flags, sys.warnoptions, sys.path)


def _listing(folder: str) -> tuple[str, ...]:
    """Return what is installed in a folder: names that hold versions, and where editable installs lead."""
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 -- names are wanted, not paths
    except OSError:
        return (folder,)
    links = (_text(os.path.join(folder, name)) for name in names if name.endswith((".pth", "_finder.py")))  # noqa: PTH118 -- as above
    return (folder, *(name for name in names if name != "__pycache__"), *links)


def _hardware() -> Iterator[object]:
    """Yield what ``torch.cuda.is_available()`` and the like depend on; torch itself is not asked, nor imported."""
    yield from (sys.platform, platform.release(), platform.machine(), os.cpu_count())
    yield from (sorted(glob(pattern)) for pattern in _HARDWARE)  # noqa: PTH207 -- names are wanted, not paths
    yield from (_text(path) for pattern in _DRIVERS for path in sorted(glob(pattern)))  # noqa: PTH207 -- as above


def _native_variables() -> list[tuple[str, str]]:
    return sorted(
        (name, value)
        for name, value in os.environ.items()
        if name.startswith(_NATIVE) and not name.endswith("_NUM_THREADS")
    )


@cache
def _own_source() -> tuple[object, ...]:
    """Return the state of visunn's own files where they are worked on; installed, its version tells it."""
    if is_installed(str(_OWN / "x")):
        return ()
    files = ((entry, entry.stat()) for entry in sorted(_OWN.rglob("*.py")))
    return tuple((str(file), found.st_mtime_ns, found.st_size) for file, found in files)


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
