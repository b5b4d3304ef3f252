"""The server and pages of others in one browser: they neither read, run nor frame what it shows."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.browser import chromium
from tests.browser.opening import Opener
from tests.serving.documents import BLOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Playwright

    from tests.browser.documents import Subject
    from tests.browser.serving import Running

_ATTACK = """<!doctype html><title>evil</title><link rel="icon" href="data:,"><script>
const victim = "VICTIM";
window.read = fetch(`${victim}/document.json`, { credentials: "include" })
  .then((answer) => answer.text()).catch(() => "");
window.opaque = fetch(`${victim}/document.json`, { credentials: "include", mode: "no-cors" })
  .then(() => "had").catch(() => "");
window.ran = new Promise((done) => {
  const script = Object.assign(document.createElement("script"), { src: `${victim}/document.json` });
  script.onload = () => done("had");
  script.onerror = () => done("");
  document.head.append(script);
});
window.framed = new Promise((done) => {
  const frame = Object.assign(document.createElement("iframe"), { src: `${victim}/` });
  frame.onload = () => done(frame.contentDocument === null ? "elsewhere" : frame.contentDocument.title);
  document.documentElement.append(frame);
});
</script>
"""


@contextmanager
def _evil(victim: str, headers: dict[str, str]) -> Iterator[str]:
    """Run another web server of this machine, whose page attacks a server; return the page's address."""

    class Evil(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = _ATTACK.replace("VICTIM", victim).encode()
            self.send_response(200)
            for name, value in {"Content-Type": "text/html", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body if self.path == "/evil" else b"{}")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its signature
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Evil) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/evil"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("attack", ["read", "opaque", "ran"])
def test_a_page_on_another_port_gets_nothing(serve: Callable[[Subject], Running], opener: Opener, attack: str) -> None:
    """Though its requests carry the cookie: to a browser it is the same site."""
    run = serve(BLOCK)
    page = opener.address(run.url, run.origin)
    with _evil(run.origin, {}) as address:
        page.goto(address)
        assert page.evaluate(f"window.{attack}") == ""
        opener.watches[0].take()
        page.context.close()
    opener.watches[0].take()


def test_these_tests_would_see_it(opener: Opener) -> None:
    """The control: of a server that guards nothing, such a page has it all."""
    open_to_all = {"Access-Control-Allow-Origin": "*"}
    with _evil("http://127.0.0.1:9", open_to_all) as victim, _evil(victim.removesuffix("/evil"), {}) as address:
        page = opener.address(address, address)
        assert page.evaluate("window.opaque") == "had"
        assert page.evaluate("window.ran") == "had"
        page.context.close()
    opener.watches[0].take()


def test_no_page_frames_it(serve: Callable[[Subject], Running], opener: Opener) -> None:
    """The frame stays empty, and the browser says why."""
    run = serve(BLOCK)
    page = opener.address(run.url, run.origin)
    with _evil(run.origin, {}) as address:
        page.goto(address)
        page.evaluate("window.framed")
        frame = next(each for each in page.frames if each != page.main_frame)
        assert "root" not in frame.content()
        page.context.close()
    assert any("frame-ancestors" in offence for offence in opener.watches[0].take())


def test_a_name_that_was_pointed_at_it_is_turned_away(
    serve: Callable[[Subject], Running], playwright: Playwright, tmp_path: Path
) -> None:
    """DNS rebinding: the browser believes that another site lives here. The control is the name that is ours."""
    run = serve(BLOCK)
    browser = chromium.launch(playwright, "--host-resolver-rules=MAP rebound.example 127.0.0.1")
    opener = Opener(browser, tmp_path)
    try:
        query = f"/?token={run.access.token}"
        rebound = opener.address(f"http://rebound.example:{run.address.port}{query}", "http://rebound.example")
        assert rebound.inner_text("body").strip() == "This server does not go by that name."
        assert rebound.context.cookies() == []
        ours = opener.address(f"http://localhost:{run.address.port}{query}", "http://localhost")
        ours.wait_for_selector("#root > *", state="attached")
        ours.context.close()
        opener.watches[0].take()
        opener.close()
    finally:
        browser.close()


def test_without_the_token_there_is_one_line(serve: Callable[[Subject], Running], opener: Opener) -> None:
    """Which says what to do."""
    run = serve(BLOCK)
    page = opener.address(run.origin, run.origin)
    assert page.inner_text("body").strip() == "Open the address that visunn printed: it lets your browser in."
    opener.watches[0].take()


def test_the_token_leaves_the_address(serve: Callable[[Subject], Running], opener: Opener) -> None:
    """And no script of the page sees the cookie that it was exchanged for."""
    run = serve(BLOCK)
    page = opener.address(run.url, run.origin)
    assert page.url == f"{run.origin}/"
    assert page.evaluate("document.cookie") == ""
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/")
    page.context.close()
