"""Servers of the viewer that run beside a test."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visunn_lint.render.page import page, policy
from visunn_lint.serving import Access, Address, Exhibit, Hosts, Server, application

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.render.bundle import Bundle


@dataclass(frozen=True)
class Running:
    """A server that runs: what it shows, and where."""

    exhibit: Exhibit
    address: Address
    access: Access

    @property
    def origin(self) -> str:
        """The scheme, host and port."""
        return f"http://127.0.0.1:{self.address.port}"

    @property
    def url(self) -> str:
        """The address that lets a browser in."""
        return self.address.url(self.access.token)


@contextmanager
def running(bundle: Bundle, document: bytes) -> Iterator[Running]:
    """Run a server in a thread while the block runs."""
    address = Address.take("127.0.0.1", 0)
    run = Running(Exhibit.of(document), address, Access(f"visunn-{address.port}"))
    hosts = Hosts.of("127.0.0.1", address.port, remote=False)
    rules = policy(bundle, connect="'self'")
    server = Server(application(page(bundle, None), rules, run.exhibit, run.access, hosts), run.exhibit, address)
    thread = threading.Thread(target=server.answer)
    thread.start()
    try:
        yield run
    finally:
        server.stop()
        thread.join(10)
