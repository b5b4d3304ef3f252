"""Looks up what a past run found, and remembers what this one does."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from visunn_lint.cache.ground import Ground
from visunn_lint.cache.manifest import Manifest
from visunn_lint.cache.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from visunn_lint.cache.folder import CacheFolder
    from visunn_lint.cache.traces import Trace


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    """A run that is remembered: what has to be unchanged, and what came of it."""

    manifest: Manifest
    outcome: bytes


_ENTRY = msgspec.msgpack.Decoder(_Entry)


class Answer(NamedTuple):
    """What the cache has to say: an outcome, or why there is none."""

    outcome: Outcome | None
    reason: str = ""


class Kept(NamedTuple):
    """An outcome, written down where it could be, and why it is not remembered, "" if it is."""

    outcome: Outcome | bytes
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class Memory:
    """The place of one question in a cache; it can be sent to another process.

    ``ground`` is the digest of what the question was asked on: another process answers it only
    if it stands on the same.
    """

    folder: CacheFolder
    root: Path
    ground: str
    key: str

    @staticmethod
    def of(folder: CacheFolder, root: Path, ground: str, *parts: object) -> Memory:
        """Return the place of a question on a ground: the parts are plain data, paths and dataclasses."""
        plain = [msgspec.to_builtins(part, enc_hook=str, order="sorted") for part in parts]
        asked = repr((str(root), ground, plain)).encode("utf-8", "surrogatepass")
        return Memory(folder, root, ground, blake2b(asked, digest_size=16).hexdigest())

    def look_up(self) -> Answer:
        """Return what a past run found, if all that it looked at is as it was; a damaged entry is none."""
        data = self.folder.read(self.key)
        if data is None:
            return Answer(None, "not checked before, or not in this way")
        try:
            entry = _ENTRY.decode(data)
            change = entry.manifest.change(os.environ)
            return Answer(None, change) if change else Answer(Outcome.from_bytes(entry.outcome))
        except (ValueError, msgspec.MsgspecError):
            return Answer(None, "its entry is damaged")

    def answer(self, run: Callable[[], Outcome], folders: Sequence[Path]) -> Kept:
        """Run, and remember what comes of it if it would come of it again.

        ``folders`` are those that the run puts on ``sys.path``. What is broken is tried again each time.
        """
        from visunn_lint.cache.recording import Recorder  # noqa: PLC0415 -- what is remembered does without

        ground = Ground.under(self.root)
        environ = dict(os.environ)
        with Recorder(ground).recording(folders) as traced:
            outcome = run()
        trace = traced()
        try:
            written = outcome.to_bytes()
        except ValueError as error:
            return Kept(outcome, str(error))
        if outcome.broken:
            return Kept(written, "what is broken is tried again")
        if trace.obstacle or ground.digest() != self.ground:
            return Kept(written, trace.obstacle or "it ran on another ground")
        return Kept(written, self._write(trace, written, environ))

    def _write(self, trace: Trace, outcome: bytes, environ: dict[str, str]) -> str:
        """Write an entry; returns why that did not go, "" if it did."""
        try:
            entry = msgspec.msgpack.encode(_Entry(Manifest.of(trace, environ), outcome))
        except ValueError as error:  # a name that is no text has no place in an entry
            return str(error)
        is_written = self.folder.write(self.key, entry)
        return "" if is_written else f"{self.folder.path} cannot be written"
