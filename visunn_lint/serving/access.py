"""Who may ask the server: names that it answers to, and secrets that let one in."""

from __future__ import annotations

import hmac
import socket
from dataclasses import dataclass, field
from ipaddress import ip_address
from secrets import token_urlsafe
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True)
class Hosts:
    """The values of a request's Host header that are meant for us.

    A page elsewhere can give its own name our address and then read what we answer as its own
    (DNS rebinding). Its requests still carry that name, so names which are not ours are turned away.
    """

    names: frozenset[str]
    port: int
    any_address: bool = False
    """Whether every numeric address is ours: of a server for other machines, nobody knows them all."""

    @staticmethod
    def of(host: str, port: int, *, remote: bool) -> Hosts:
        """Return what a server on an address is called; ``remote`` is one that other machines reach."""
        own = {f"[{host}]" if ":" in host else host.lower()}
        machine = {socket.gethostname().lower(), socket.getfqdn().lower()} if remote else set()
        return Hosts(_LOOPBACK | own | machine, port, any_address=remote)

    def hold(self, header: str) -> bool:
        """Return whether a Host header means this server."""
        name, colon, port = header.lower().rpartition(":")
        if not colon or port != str(self.port):
            return self.port == _DEFAULT_PORT and self._knows(header.lower())
        return self._knows(name)

    def _knows(self, name: str) -> bool:
        return name in self.names or (self.any_address and _is_address(name))


_DEFAULT_PORT = 80
"""The port that a browser leaves out of the header."""


@dataclass(frozen=True, slots=True)
class Access:
    """The secrets of one server.

    ``token`` stands in the address that is printed. A browser gives it once, and from then on
    ``session`` in a cookie that no script can read. ``single_use`` are tokens that are void after
    that: one for the browser that we start ourselves, since its command line is no secret on
    the machine.
    """

    cookie: str
    """The name of the cookie: browsers keep those of all ports of a host together."""
    token: str = field(default_factory=lambda: token_urlsafe(32))
    session: str = field(default_factory=lambda: token_urlsafe(32))
    single_use: set[str] = field(default_factory=set)

    def issue_once(self) -> str:
        """Return a new token that lets one browser in."""
        token = token_urlsafe(32)
        self.single_use.add(token)
        return token

    def redeem(self, token: str) -> bool:
        """Return whether a token lets one in; one for a single use does not do so again."""
        if _is_among(token, [self.token]):
            return True
        is_known = _is_among(token, self.single_use)
        self.single_use.discard(token)
        return is_known

    def admits(self, cookies: dict[str, str], authorization: str) -> bool:
        """Return whether a request comes from a browser that was let in, or from a program with the token."""
        scheme, _, credentials = authorization.partition(" ")
        by_token = scheme.lower() == "bearer" and _is_among(credentials, [self.token])
        return _is_among(cookies.get(self.cookie, ""), [self.session]) or by_token


def _is_among(given: str, secrets: Iterable[str]) -> bool:
    """Return whether a text is one of some, in a time that does not tell how much of it is right."""
    as_bytes = given.encode("utf-8", "surrogatepass")
    return any(hmac.compare_digest(as_bytes, secret.encode()) for secret in secrets)


def _is_address(name: str) -> bool:
    try:
        ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
