"""Watches a run: what it opens, lists, looks for and asks the environment, and what it does that cannot be repeated.

Python tells of opened files, listed folders and started processes by audit events. It does not tell of
``os.stat``, the environment, standard input and the name of the machine: these are watched while a recording
lasts. Of files that native code opens nothing tells: a run of code that imports a library which does so is not
remembered.
"""

from __future__ import annotations

import os
import platform
import sys
import threading
from contextlib import contextmanager
from importlib.util import source_from_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import visunn_lint
from visunn_lint.cache import surroundings
from visunn_lint.cache.readers import native_reader
from visunn_lint.cache.traces import EVERYTHING, Trace
from visunn_lint.location import is_installed, is_standard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType, ModuleType

    from visunn_lint.cache.ground import Ground

Cause: TypeAlias = Literal["import system", "metadata", "package", "visunn", "code"]
"""Who did something: the search for a distribution, the import of an installed package, or code of this unit alone."""

_MAIN = frozenset({"__main__", "__mp_main__"})
_WATCHERS = frozenset({__file__, surroundings.__file__})

_OWN = str(Path(visunn_lint.__file__).parent) + os.sep
_IMPORT_SYSTEM = ("<frozen importlib", "<frozen zipimport")
_METADATA = f"{os.sep}importlib{os.sep}metadata"
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES: Final = frozenset({
    "os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate",
    "os.utime", "os.setxattr", "os.removexattr", "shutil.copyfile", "shutil.move", "shutil.rmtree", "tempfile.mkstemp",
    "tempfile.mkdtemp",
})  # fmt: skip
_PROCESSES: Final = frozenset({
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn", "subprocess.Popen",
})  # fmt: skip
_NETWORK: Final = frozenset({
    "socket.bind", "socket.connect", "socket.getaddrinfo", "socket.gethostbyaddr", "socket.gethostbyname",
    "socket.gethostname", "socket.sendmsg", "socket.sendto",
})  # fmt: skip
_DATABASES: Final = frozenset({"sqlite3.connect"})
_MOVING: Final = ("/proc/", "/sys/", "/dev/stdin", "/dev/fd/")
"""How the paths begin of what holds something else each time."""

_ASKING: Final = {"stat": "visunn.stat", "access": "visunn.stat", "lstat": "visunn.lstat", "readlink": "visunn.lstat"}
"""The functions of ``os`` that ask of a path without an audit event, and the event that is told in its place."""

_SHARED: Final = Trace()
"""What concerns every run of the process: variables that were read, for what is read may be kept, and what an
installed package looked at when it was imported, for it is imported once."""


class Recorder:
    """Records one run of this process."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._shared = _SHARED
        self._own = Trace()
        self._busy = threading.local()
        self._caller: FrameType | None = None

    @contextmanager
    def recording(self, folders: Sequence[Path]) -> Iterator[Callable[[], Trace]]:
        """Record what runs in the context; the function that it yields returns what has been recorded.

        ``folders`` are those that are put on ``sys.path`` for it.
        """
        self._own = Trace(path={str(folder) for folder in folders})
        self._caller = sys._getframe(2)  # noqa: SLF001 -- what stands below it on the stack is none of the run's
        _install_hook()
        try:
            with (
                _as_active(self),
                _watched_paths(self),
                _watched_environment(self),
                _watched_imports(self),
                surroundings.watched(self.audit),
            ):
                yield self._result
        finally:
            self._caller = None

    def _result(self) -> Trace:
        """Return the trace of a run, with what had been imported before it."""
        trace = self._own.joined(self._shared)
        trace.path |= {_absolute(folder) for folder in sys.path if not self._ground.covers(_inside(folder))}
        trace.modules |= {name for name in list(sys.modules) if "." not in name}
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if isinstance(file, str) and name not in _MAIN and not self._ground.covers(_absolute(file)):
                trace.saw(_absolute(file))
        for file in trace.files:
            if reader := native_reader(file):
                trace.refuse(f"{file} imports {reader}, which opens files unseen")
        return trace

    def audit(self, event: str, args: Sequence[Any]) -> None:
        """Take note of an audit event."""
        if getattr(self._busy, "now", False):
            return
        self._busy.now = True
        try:
            _HANDLERS[event](self, event, args)
        except Exception as error:  # noqa: BLE001 -- an audit hook that raises would break the user's call
            self._own.refuse(f"visunn lost track of it: {error!r}")
        finally:
            self._busy.now = False

    def opened(self, _: str, args: Sequence[Any]) -> None:
        """Note a file that is opened."""
        path, _mode, flags = args
        if isinstance(path, int):
            if path == 0:
                self.reached_out(surroundings.INPUT, args)
            return
        text = _absolute(path)
        if flags & _WRITES:
            self._changed(text)
        else:
            self.looked_at(text)

    def looked_at(self, path: str, note: Callable[[Trace, str], None] = Trace.saw) -> None:
        """Note that a path was read, or asked for; ``note`` is what writes that down."""
        if self._ground.covers(path):
            return
        if path.endswith(".pyc"):
            path = _source(path)
        cause = self._cause()
        if path.startswith(_MOVING):
            if cause == "code":
                self._own.refuse(f"it reads {path}")
        elif not path.startswith("/dev/"):
            note(self._trace(cause), path)

    def looked_from_descriptor(self, _: str, args: Sequence[Any]) -> None:
        """Note that a path was looked up from the descriptor of a folder, whose name is not known."""
        if self._cause() not in {"import system", "visunn"}:
            self._own.refuse(f"it looks for {os.fsdecode(args[0])} by the descriptor of a folder")

    def listed(self, event: str, args: Sequence[Any]) -> None:
        """Note a folder that is listed; the import system lists only to find names, which are noted elsewhere.

        The entries of ``os.scandir`` tell size and time of a file too, to whoever gets them: ``glob``, ``os.walk`` and
        the like hand on the names alone.
        """
        folder = args[0]
        cause = self._cause()
        if cause in {"import system", "visunn"}:
            return
        if isinstance(folder, int):
            self._own.refuse("it lists a folder by its descriptor")
            return
        path = _absolute(folder or ".")
        if self._ground.covers(_inside(path)):
            return
        if cause == "metadata":
            self._own.path.add(path)
        elif event == "os.scandir" and not is_standard(_file_of(_watched_frame())):
            self._trace(cause).scanned.add(path)
        else:
            self._trace(cause).folders.add(path)

    def changed(self, event: str, args: Sequence[Any]) -> None:
        """Note that something outside the process is changed."""
        path = next((each for each in args if isinstance(each, str | bytes | os.PathLike)), event)
        self._changed(_absolute(path))

    def _changed(self, path: str) -> None:
        if f"{os.sep}__pycache__" in path or path.startswith("/dev/"):
            return
        if self._cause() == "code":
            self._own.refuse(f"it writes {path}")

    def reached_out(self, event: str, _: Sequence[Any]) -> None:
        """Note that another process, the network, a database or whoever types has a part in the run."""
        if self._cause() == "code":
            self._own.refuse(f"it uses {event}")

    def named(self, event: str, args: Sequence[Any]) -> None:
        """Note that the name of the machine is asked for; Python's ``platform`` itself asks for all but that."""
        if _file_of(_watched_frame()) != platform.__file__:
            self.reached_out(event, args)

    def linked(self, _: str, args: Sequence[Any]) -> None:
        """Note a shared library that is loaded by its path."""
        name = args[0]
        if isinstance(name, str) and os.sep in name:
            self.looked_at(_absolute(name))

    def asked(self, variable: object) -> None:
        """Note that a variable of the environment was asked for."""
        if self._cause() != "visunn":
            self._shared.variables.add(_variable(variable) if isinstance(variable, str | bytes) else EVERYTHING)

    def searched(self, name: str, folders: Sequence[str] | None) -> None:
        """Note that a module is looked for: on ``sys.path``, or in the folders of its package."""
        own = set(map(_absolute, sys.path if folders is None else folders))
        first_party = {folder for folder in own if not self._ground.covers(_inside(folder))}
        if folders is None:
            self._own.path |= first_party
            self._own.modules.add(name)
            return
        for folder in first_party:
            self._own.submodules.setdefault(folder, set()).add(name.rpartition(".")[2])

    def _cause(self) -> Cause:
        """Return on whose behalf the code runs that has just been watched."""
        frame = _watched_frame()
        first = _file_of(frame)
        if first.startswith(_IMPORT_SYSTEM):
            return "package" if self._is_in_package_import(frame) else "import system"
        if _METADATA in first:
            return "metadata"
        while frame is not None and is_standard(frame.f_code.co_filename):
            frame = frame.f_back
        if frame is not None and frame.f_code.co_filename.startswith(_OWN):
            return "visunn"
        return "package" if self._is_in_package_import(frame) else "code"

    def _is_in_package_import(self, frame: FrameType | None) -> bool:
        """Return whether an installed package is being imported: the body of a module of it is on the stack."""
        while frame is not None and frame is not self._caller:
            file = frame.f_code.co_filename
            if frame.f_code.co_name == "<module>" and is_installed(file) and not file.startswith(self._ground.own):
                return True
            frame = frame.f_back
        return False

    def _trace(self, cause: Cause) -> Trace:
        return self._shared if cause == "package" else self._own


def _watched_frame() -> FrameType | None:
    """Return the frame of the code that has just been watched."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 -- the documented way, without building a stack
    while frame is not None and frame.f_code.co_filename in _WATCHERS:
        frame = frame.f_back
    return frame


def _file_of(frame: FrameType | None) -> str:
    return frame.f_code.co_filename if frame is not None else ""


_HANDLERS: Final[dict[str, Callable[[Recorder, str, Sequence[Any]], None]]] = {
    "open": Recorder.opened,
    "os.listdir": Recorder.listed,
    "os.scandir": Recorder.listed,
    "ctypes.dlopen": Recorder.linked,
    "visunn.dir_fd": Recorder.looked_from_descriptor,
    **dict.fromkeys(_CHANGES, Recorder.changed),
    **dict.fromkeys(_PROCESSES | _NETWORK | _DATABASES | {surroundings.INPUT}, Recorder.reached_out),
    **dict.fromkeys(surroundings.NAMING, Recorder.named),
}

_active: Recorder | None = None
_hooks: list[Callable[[str, Any], None]] = []


def _hook(event: str, args: Any) -> None:  # noqa: ANN401 -- each event has its own arguments
    if _active is not None and event in _HANDLERS:
        _active.audit(event, args)


def _install_hook() -> None:
    """Add the audit hook, once: Python never takes one away."""
    if not _hooks:
        _hooks.append(_hook)
        sys.addaudithook(_hook)


@contextmanager
def _as_active(recorder: Recorder) -> Iterator[None]:
    global _active  # noqa: PLW0603 -- an audit hook belongs to the process, and so does what it tells
    before, _active = _active, recorder
    try:
        yield
    finally:
        _active = before


@contextmanager
def _watched_paths(recorder: Recorder) -> Iterator[None]:
    """Note for which paths ``os.stat`` and its kin are asked: whether a file exists is such a question.

    With them goes ``os.open``, of which the audit event does not tell that a path starts from a descriptor.
    """
    originals = {name: getattr(os, name) for name in (*_ASKING, "open")}
    supports = (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks, os.supports_effective_ids)
    watched = {original: _watching(original, recorder) for original in originals.values()}
    for name, original in originals.items():
        setattr(os, name, watched[original])
    added = [(group, watched[each]) for group in supports for each in originals.values() if each in group]
    for group, function in added:
        group.add(function)
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(os, name, original)
        for group, function in added:
            group.discard(function)


def _watching(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    event = _ASKING.get(original.__name__)

    def watched(path: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- whatever os.stat takes
        if kwargs.get("dir_fd") is not None:
            recorder.audit("visunn.dir_fd", (path,))
        elif event is not None and not isinstance(path, int):
            recorder.audit(event if kwargs.get("follow_symlinks", True) else "visunn.lstat", (path,))
        return original(path, *args, **kwargs)

    return watched


def _asked_what_stands(recorder: Recorder, _: str, args: Sequence[Any]) -> None:
    recorder.looked_at(_absolute(args[0]))


def _asked_without_following(recorder: Recorder, _: str, args: Sequence[Any]) -> None:
    recorder.looked_at(_absolute(args[0]), Trace.saw_itself)


_HANDLERS.update({"visunn.stat": _asked_what_stands, "visunn.lstat": _asked_without_following})


@contextmanager
def _watched_environment(recorder: Recorder) -> Iterator[None]:
    """Note which variables are read through ``os.environ``; whoever goes through it has read them all."""
    kind = type(os.environ)
    get, iterate = kind.__getitem__, kind.__iter__

    def watched_get(self: Any, key: Any) -> Any:  # noqa: ANN401 -- text, or bytes in os.environb
        recorder.asked(key)
        return get(self, key)

    def watched_iterate(self: Any) -> Any:  # noqa: ANN401 -- as above
        recorder.asked(None)
        return iterate(self)

    kind.__getitem__, kind.__iter__ = watched_get, watched_iterate  # type: ignore[method-assign]
    try:
        yield
    finally:
        kind.__getitem__, kind.__iter__ = get, iterate  # type: ignore[method-assign]


@contextmanager
def _watched_imports(recorder: Recorder) -> Iterator[None]:
    finder = _Finder(recorder)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Finder:
    """Finds nothing, and notes what was looked for."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> None:  # noqa: ARG002 -- the protocol's signature
        """Return None: the next finder is asked."""
        self._recorder.searched(fullname, None if path is None else [folder for folder in path if folder])


def _variable(name: str | bytes) -> str:
    """Return the name under which the environment holds a variable: on Windows case does not matter."""
    return os.environ.decodekey(os.environ.encodekey(os.fsdecode(name)))


def _source(compiled: str) -> str:
    try:
        return source_from_cache(compiled)
    except ValueError:
        return compiled


def _inside(folder: str) -> str:
    return f"{_absolute(folder)}{os.sep}"


def _absolute(path: Any) -> str:  # noqa: ANN401 -- whatever os.fspath takes
    return os.path.abspath(os.fsdecode(path))  # noqa: PTH100 -- a link keeps its name
