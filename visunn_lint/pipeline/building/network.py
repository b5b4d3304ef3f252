"""The network, out of reach while a model is built."""

from __future__ import annotations

import errno
import os
import socket
import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from visunn_lint.pipeline.calling import Function, Value

_HUB_OFFLINE = "HF_HUB_OFFLINE"
_HUB_CONSTANTS = "huggingface_hub.constants"
_INTERNET = frozenset({socket.AF_INET, socket.AF_INET6})


class NoNetworkError(ConnectionError):
    """Something tried to reach the network. A ConnectionError: what can do without goes on."""


@contextmanager
def no_network() -> Iterator[list[str]]:
    """Refuse every internet connection of this process; the list fills with the hosts that were asked for.

    An address of this machine counts as one: a proxy may listen there. Sockets of files, which processes of one
    machine talk through, work on.
    """
    hosts: list[str] = []
    of_sockets = {name: partial(_refusing, hosts, name) for name in ("connect", "connect_ex", "sendto")}
    of_names = {name: partial(_refusing_names, hosts) for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex")}
    with _replaced(socket.socket, of_sockets), _replaced(socket, of_names), _hub_offline():
        yield hosts


@contextmanager
def _replaced(owner: Value, wraps: Mapping[str, Callable[[Function], Function]]) -> Iterator[None]:
    """Replace functions of a class or a module by what each wrap makes of the original."""
    kept = {name: vars(owner).get(name) for name in wraps}
    for name, wrap in wraps.items():
        setattr(owner, name, wrap(getattr(owner, name)))
    try:
        yield
    finally:
        for name, own in kept.items():
            delattr(owner, name) if own is None else setattr(owner, name, own)


def _refusing(hosts: list[str], name: str, original: Function) -> Function:
    """Return a method of sockets that refuses an internet address, the last of its arguments."""

    def call(self: socket.socket, *args: Value) -> Value:
        if self.family not in _INTERNET or not args:
            return original(self, *args)
        hosts.append(str(args[-1][0]))
        if name == "connect_ex":  # which tells by a number what the others raise
            return errno.ENETUNREACH
        raise _refusal(args[-1][0])

    return call


def _refusing_names(hosts: list[str], _original: Function) -> Function:
    """Return a function that looks up no name, the first of its arguments."""

    def call(host: object, *_: Value, **__: Value) -> NoReturn:
        hosts.append(str(host))
        raise _refusal(host)

    return call


def _refusal(host: object) -> NoNetworkError:
    return NoNetworkError(f"visunn does not let a model reach the network: {host}")


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
