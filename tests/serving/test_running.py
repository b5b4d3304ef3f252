"""The server on a real port: news for whoever looks, and how it ends."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.serving.documents import BLOCK
from visunn_lint.document import encode
from visunn_lint.errors import VisunnError
from visunn_lint.serving import Access, Address, Exhibit, Hosts, Server, application

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.client import HTTPResponse

OTHER = encode(msgspec.structs.replace(BLOCK, name="Other"))


@contextmanager
def _serving(exhibit: Exhibit) -> Iterator[tuple[Address, Server]]:
    """Run a server in a thread while the block runs."""
    address = Address.take("127.0.0.1", 0)
    access = Access("visunn", token="t", session="s")  # noqa: S106 -- none but of this test
    app = application("page", "default-src 'none'", exhibit, access, Hosts.of("127.0.0.1", address.port, remote=False))
    server = Server(app, exhibit, address)
    thread = threading.Thread(target=server.answer)
    thread.start()
    try:
        yield address, server
    finally:
        server.stop()
        thread.join(10)
        assert not thread.is_alive()


@contextmanager
def _ask(address: Address, path: str, **headers: str) -> Iterator[HTTPResponse]:
    """Give the answer to one request, which is read as it comes."""
    with closing(HTTPConnection("127.0.0.1", address.port, timeout=10)) as connection:
        connection.request("GET", path, headers={"Authorization": "Bearer t", **headers})
        with connection.getresponse() as answer:
            yield answer


def _event(stream: HTTPResponse) -> tuple[str, str, str]:
    """Return the next event's name, version and text."""
    lines: dict[str, str] = {}
    while not lines.keys() >= {"id", "event", "data"}:
        line = stream.readline()
        assert line, "the stream ended"
        key, _, value = line.decode().rstrip("\n").partition(": ")
        lines[key] = value
    return lines["event"], lines["id"], lines["data"]


def test_whoever_looks_is_told_of_changes() -> None:
    """What is there, then what came, then why nothing came, each with the version that is shown."""
    exhibit = Exhibit.of(encode(BLOCK))
    first = exhibit.shown.version
    with _serving(exhibit) as (address, _):
        with _ask(address, "/changes") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert _event(stream) == ("shown", first, "")
            exhibit.show(OTHER)
            second = exhibit.shown.version
            assert _event(stream) == ("changed", second, "")
            exhibit.fail("net.py: invalid\nsyntax")
            assert _event(stream) == ("failed", second, "net.py: invalid syntax")
        with _ask(address, "/document.json") as answer:
            assert (json.load(answer)["name"], answer.headers["etag"]) == ("Other", f'"{second}"')
    assert first != second


def test_the_same_document_is_no_news() -> None:
    """Unless the last attempt had failed: then it is over."""
    exhibit = Exhibit.of(encode(BLOCK))
    with _serving(exhibit) as (address, _), _ask(address, "/changes") as stream:
        assert _event(stream)[0] == "shown"
        exhibit.show(encode(BLOCK))
        exhibit.fail("why")
        assert _event(stream)[0] == "failed"
        exhibit.show(encode(BLOCK))
        assert _event(stream)[0] == "changed"


def test_whoever_was_away_is_told_what_was_missed() -> None:
    """A browser that connects again says what it knows."""
    exhibit = Exhibit.of(OTHER)
    exhibit.fail("why")
    version = exhibit.shown.version
    with _serving(exhibit) as (address, _), _ask(address, "/changes", **{"Last-Event-ID": "old"}) as stream:
        assert [_event(stream), _event(stream)] == [("changed", version, ""), ("failed", version, "why")]


def test_it_ends_though_somebody_looks() -> None:
    """The stream ends, and the port is free at once."""
    with _serving(Exhibit.of(OTHER)) as (address, server):
        port = address.port
        with _ask(address, "/changes") as stream:
            assert _event(stream)[0] == "shown"
            server.stop()
            assert stream.read() == b"\n"
    Address.take("127.0.0.1", port).listener.close()


def test_no_server_name_is_told() -> None:
    """Nor a version of anything."""
    with _serving(Exhibit.of(OTHER)) as (address, _), _ask(address, "/") as answer:
        assert answer.headers["server"] is None


def test_a_request_that_is_none_is_refused() -> None:
    """The connection ends; the server does not."""
    with _serving(Exhibit.of(OTHER)) as (address, _):
        for junk in (b"\0\0\0\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET " + b"x" * 100_000, b"\x16\x03\x01\x02\0\x01"):
            with socket.create_connection(("127.0.0.1", address.port), timeout=10) as caller:
                caller.sendall(junk)
                caller.shutdown(socket.SHUT_WR)
                assert not caller.recv(100).startswith(b"HTTP/1.1 200")
        with _ask(address, "/") as answer:
            assert answer.status == 200


def test_a_port_that_is_taken_is_told() -> None:
    """One line, and what to do."""
    with Address.take("127.0.0.1", 0).listener as listener:
        port = listener.getsockname()[1]
        with pytest.raises(VisunnError) as caught:
            Address.take("127.0.0.1", port)
    assert caught.value.message == f"port {port} is taken"
    assert caught.value.hint == "give another with --port, or none for a free one"


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1", "x" * 300])
def test_an_address_that_is_not_ours_is_told(host: str) -> None:
    """One line."""
    with pytest.raises(VisunnError, match=r"^cannot serve on "):
        Address.take(host, 0)


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "127.0.0.1"), ("localhost", "localhost"), ("::1", "[::1]"), ("0.0.0.0", "127.0.0.1")],  # noqa: S104 -- nothing is bound
)
def test_the_url_opens_on_this_machine(host: str, shown: str) -> None:
    """Also of a server that listens everywhere."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address(host, listener)
        assert address.url("abc") == f"http://{shown}:{address.port}/?token=abc"
