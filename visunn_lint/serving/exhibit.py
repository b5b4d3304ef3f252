"""What the server shows now, and who waits for the next."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Literal, TypeAlias

from visunn_lint.document import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from visunn_lint.document import Document

EventName: TypeAlias = Literal["shown", "changed", "failed"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that whoever looks is told: ``version`` names the document that is shown."""

    name: EventName
    version: str
    text: str = ""


@dataclass(frozen=True)
class Shown:
    """One document: its bytes, and a name for them that no others have."""

    data: bytes

    @cached_property
    def version(self) -> str:
        """The name, which a browser hands back to ask whether it is still the same."""
        return sha256(self.data).hexdigest()[:32]

    @cached_property
    def document(self) -> Document:
        """The document itself."""
        return decode(self.data)


@dataclass
class Exhibit:
    """The document that is shown, and the queues of those who look at it.

    It is changed from any thread; the queues belong to the server's event loop.
    """

    shown: Shown
    failure: str = ""
    """Why the last attempt to show a newer one failed, "" if it did not."""
    _queues: dict[asyncio.Queue[Event | None], asyncio.AbstractEventLoop] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @staticmethod
    def of(data: bytes) -> Exhibit:
        """Return what shows a document."""
        return Exhibit(Shown(data))

    def show(self, data: bytes) -> None:
        """Show another document from now on, and tell of it; nothing is told of the same one again."""
        with self._lock:
            was, self.shown = self.shown, Shown(data)
            had_failed, self.failure = self.failure, ""
            if had_failed or was.version != self.shown.version:
                self._tell(Event("changed", self.shown.version))

    def fail(self, text: str) -> None:
        """Tell in one line why there is no newer document; the old one stays."""
        with self._lock:
            self.failure = text
            self._tell(Event("failed", self.shown.version, text))

    def close(self) -> None:
        """Let everybody go who waits, for good."""
        with self._lock:
            for put in self._puts():
                put(None)

    @contextmanager
    def looking(self, known: str = "") -> Iterator[asyncio.Queue[Event | None]]:
        """Return a queue of what happens from now on, which ends with None.

        ``known`` is the version that is already there; what it has missed comes first.
        """
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        with self._lock:
            for event in self._missed(known):
                queue.put_nowait(event)
            self._queues[queue] = asyncio.get_running_loop()
        try:
            yield queue
        finally:
            with self._lock:
                del self._queues[queue]

    def _missed(self, known: str) -> Iterator[Event]:
        is_other = bool(known) and known != self.shown.version
        yield Event("changed" if is_other else "shown", self.shown.version)
        if self.failure:
            yield Event("failed", self.shown.version, self.failure)

    def _tell(self, event: Event) -> None:
        for put in self._puts():
            put(event)

    def _puts(self) -> Iterator[Callable[[Event | None], object]]:
        for queue, loop in self._queues.items():
            yield lambda event, queue=queue, loop=loop: loop.call_soon_threadsafe(queue.put_nowait, event)  # type: ignore[misc]
