"""Shows a document in the browser until it is interrupted, and the next one when a file changes."""

from __future__ import annotations

import socket
import threading
import time
import webbrowser
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

import click

from visunn_lint.cli._drawing import PRELOADED, draw_apart, end_drawings
from visunn_lint.cli._options import grouped
from visunn_lint.cli._outcome import CLEAN, NOT_LINTED
from visunn_lint.location import shown_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from visunn_lint.cli._documents import Asked
    from visunn_lint.cli._drawing import Drawn
    from visunn_lint.cli._terminal import Terminal
    from visunn_lint.serving import Exhibit

_REST = 4
"""How many times as long as a drawing took nothing is drawn after it: a log grows while it is looked at."""


@dataclass(frozen=True, slots=True)
class ServingOptions:
    """Where the viewer is served, and to whom."""

    host: str
    allow_remote: bool
    opens: bool


serving_options = grouped(
    "serving",
    ServingOptions,
    click.option("--host", default="127.0.0.1", show_default=True, help="The address of this machine to serve on."),
    click.option("--allow-remote", is_flag=True, help="Let other machines in, those that have the token."),
    click.option("--open", "opens", is_flag=True, help="Open it in the browser."),
)


def serve(asked: Asked, port: int, serving: ServingOptions, terminal: Terminal, *, watches: bool) -> int:
    """Serve the viewer until it is interrupted; return 0, or 2 if there is nothing to show.

    The address is the only thing on stdout. Raises VisunnError if the port is taken or the viewer not built.
    """
    from visunn_lint.render import bundle, page  # noqa: PLC0415 -- --help does without
    from visunn_lint.serving import Access, Address, Exhibit, Hosts, Server, application  # noqa: PLC0415 -- as above

    check_host(serving)
    built = bundle.read()
    address = Address.take(serving.host, port)
    with address.listener:
        draw = draw_apart(asked, terminal, PRELOADED if watches else ())
        began = time.time()
        drawn = draw()
        if drawn.data is None:
            return NOT_LINTED
        exhibit = Exhibit.of(drawn.data)
        access = Access(cookie=f"visunn-{address.port}")
        hosts = Hosts.of(serving.host, address.port, remote=serving.allow_remote)
        policy = page.policy(built, connect="'self'")
        server = Server(application(page.page(built, None), policy, exhibit, access, hosts), exhibit, address)
        terminal.write(f"{address.url(access.token)}\n")
        terminal.note(_invitation(asked.target, address.port, access.token, serving))
        if watches:
            _in_background(lambda: keep_current(asked.target, draw, exhibit, terminal, drawn, began))
        if serving.opens:
            _in_background(lambda: _open(address.url(access.issue_once()), terminal))
        try:
            server.answer()
        finally:
            end_drawings()
    terminal.note("")
    return CLEAN


def check_host(serving: ServingOptions) -> None:
    """Raise UsageError for an address that other machines reach, unless that is meant."""
    if not serving.allow_remote and not _is_loopback(serving.host):
        msg = f"--host {serving.host} lets other machines in; add --allow-remote if that is meant"
        raise click.UsageError(msg)


def keep_current(
    target: str, draw: Callable[[], Drawn], exhibit: Exhibit, terminal: Terminal, drawn: Drawn, began: float
) -> None:
    """Draw again whenever a file changes that the last drawing has read, and never end."""
    from visunn_lint.cli._watching import Watched, next_change  # noqa: PLC0415 -- as above

    read = drawn.read
    while True:
        changed = next_change(Watched.of([target], read), began)
        terminal.note(f"{shown_path(changed)} changed")
        began = time.time()
        drawn = draw()
        read = drawn.read or read
        if drawn.data is None:
            exhibit.fail(drawn.failure)
        else:
            exhibit.show(drawn.data)
        time.sleep(_REST * (time.time() - began))


def _invitation(target: str, port: int, token: str, serving: ServingOptions) -> str:
    if not serving.allow_remote:
        return f"showing {target}; Ctrl-C ends"
    elsewhere = f"http://{socket.gethostname()}:{port}/?token={token}"
    return f"showing {target}, unencrypted, to whoever has the token: {elsewhere}\nCtrl-C ends"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _in_background(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()


def _open(url: str, terminal: Terminal) -> None:
    if not webbrowser.open(url):
        terminal.note("no browser was found to open it in")
