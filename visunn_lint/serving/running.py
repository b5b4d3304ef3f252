"""Runs the server on a port of its own until it is interrupted."""

from __future__ import annotations

import errno
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from visunn_lint.errors import VisunnError

if TYPE_CHECKING:
    from visunn_lint.serving.exhibit import Exhibit
    from visunn_lint.serving.guard import Guard

_BACKLOG = 128
_LONGEST_NAME = 253
"""Characters that the name of a machine has at most."""

_TAKEN = frozenset({errno.EADDRINUSE, getattr(errno, "WSAEACCES", errno.EADDRINUSE)})


@dataclass(frozen=True, slots=True)
class Address:
    """A port that is ours: whoever calls waits there until the server runs."""

    host: str
    listener: socket.socket

    @staticmethod
    def take(host: str, port: int) -> Address:
        """Return an address of this machine, on any free port for 0; raises VisunnError if it cannot be had."""
        try:
            family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            listener = socket.socket(family, kind, protocol)
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no name of a machine"
            msg = f"cannot serve on {host[:_LONGEST_NAME]}: {reason}"
            raise VisunnError(msg, hint="--host takes an address of this machine, such as 127.0.0.1") from None
        try:
            _listen(listener, place)
        except OSError as error:
            listener.close()
            raise _unavailable(host, port, error) from None
        return Address(host, listener)

    @property
    def port(self) -> int:
        """The number of the port."""
        number: int = self.listener.getsockname()[1]
        return number

    def url(self, token: str) -> str:
        """Return where a browser on this machine opens it, with a token that lets it in."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 -- is compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/?token={token}"


class Server(uvicorn.Server):
    """A server on a port of its own; it ends the streams of those who wait for changes before it ends itself."""

    def __init__(self, application: Guard, exhibit: Exhibit, address: Address) -> None:
        config = uvicorn.Config(
            application,
            loop="asyncio",
            http="h11",  # the one that is always installed
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # Host and address are taken from the connection alone
            timeout_graceful_shutdown=2,
        )
        super().__init__(config)
        self._exhibit = exhibit
        self._address = address

    def answer(self) -> None:
        """Answer requests until the process is interrupted, or until `stop`; then free the port."""
        with suppress(KeyboardInterrupt), self._address.listener:
            self.run([self._address.listener])

    def stop(self) -> None:
        """Let a server end that runs in another thread."""
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let everybody go, and wait until they are gone."""
        self._exhibit.close()
        await super().shutdown(sockets)


def _listen(listener: socket.socket, place: tuple[object, ...]) -> None:
    if os.name == "posix":  # elsewhere it would let two servers have one port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(place)
    listener.listen(_BACKLOG)


def _unavailable(host: str, port: int, error: OSError) -> VisunnError:
    if error.errno in _TAKEN:
        return VisunnError(f"port {port} is taken", hint="give another with --port, or none for a free one")
    return VisunnError(f"cannot serve on {host}, port {port}: {error.strerror}")
