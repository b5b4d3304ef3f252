"""The network, out of reach while a model is built."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

_HUB_OFFLINE = "HF_HUB_OFFLINE"
_HUB_CONSTANTS = "huggingface_hub.constants"
_INTERNET = frozenset({socket.AF_INET, socket.AF_INET6})


class NoNetworkError(ConnectionError):
    """Something tried to reach the network. A ConnectionError: what can do without goes on."""


@contextmanager
def no_network() -> Iterator[list[str]]:
    """Refuse every internet connection of this process; the list fills with the hosts that were asked for.

    Local sockets, which processes of one machine talk through, work on.
    """
    hosts: list[str] = []
    kept = {name: vars(socket.socket).get(name) for name in ("connect", "connect_ex")}
    resolve, connect = socket.getaddrinfo, socket.socket.connect

    def refuse(host: object) -> NoReturn:
        hosts.append(str(host))
        message = f"visunn does not let a model reach the network: {host}"
        raise NoNetworkError(message)

    def refuse_address(self: socket.socket, address: tuple[object, ...]) -> None:
        if self.family in _INTERNET:
            refuse(address[0])
        connect(self, address)

    def refuse_name(host: object, *_: object, **__: object) -> NoReturn:
        refuse(host)

    for name in kept:
        setattr(socket.socket, name, refuse_address)
    socket.getaddrinfo = refuse_name
    try:
        with _hub_offline():
            yield hosts
    finally:
        socket.getaddrinfo = resolve
        for name, own in kept.items():
            delattr(socket.socket, name) if own is None else setattr(socket.socket, name, own)


@contextmanager
def _hub_offline() -> Iterator[None]:
    """Let huggingface_hub look in its cache alone: it would try again for minutes to connect."""
    before = os.environ.get(_HUB_OFFLINE)
    constants = sys.modules.get(_HUB_CONSTANTS)
    was_offline = constants.HF_HUB_OFFLINE if constants else str(before).upper() in {"1", "ON", "YES", "TRUE"}
    os.environ[_HUB_OFFLINE] = "1"
    _set_offline(offline=True)
    try:
        yield
    finally:
        _set_offline(offline=was_offline)
        if before is None:
            del os.environ[_HUB_OFFLINE]
        else:
            os.environ[_HUB_OFFLINE] = before


def _set_offline(*, offline: bool) -> None:
    constants = sys.modules.get(_HUB_CONSTANTS)
    if constants is not None:
        constants.HF_HUB_OFFLINE = offline  # type: ignore[attr-defined]
