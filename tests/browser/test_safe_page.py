"""A page with hostile names in it, in a browser: they are text, and with the defences down they would not be."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from tests.browser.opening import Looks
from visunn_lint.render.bundle import Bundle
from visunn_lint.render.page import escaped, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.opening import Opener

READER = Bundle(
    """
const names = JSON.parse(document.getElementById("visunn-document").textContent);
const root = document.getElementById("root");
for (const name of names) root.appendChild(document.createElement("p")).textContent = name;
""",
    "p { overflow-wrap: anywhere }",
)
"""The least viewer that there can be: it shows each name as a text node."""

NAMES = [
    "</script><script>window.stolen = true</script>",
    '"><img src=x onerror="window.stolen = true">',
    "<!-- <script>",
    "javascript:window.stolen = true",
    "&lt;b&gt; \u2028 \u2029",
    "nul \0 escape \x1b[31m",
    "right \u202e to left",
    "a" * 1_000_000,
]


def _naive(document: bytes) -> str:
    """Return the page as it would be if the document were put into it as it is."""
    return page(READER, document).replace(escaped(document), document.decode())


def test_names_are_text(opener: Opener) -> None:
    """Every name is read as it was written, and none of them runs."""
    shown = opener.file(page(READER, json.dumps(NAMES).encode()))
    assert shown.locator("#root p").evaluate_all("all => all.map(each => each.textContent)") == NAMES
    assert shown.evaluate("window.stolen") is None


def test_names_that_are_not_unicode_are_text(opener: Opener) -> None:
    """JavaScript has lone surrogates as well."""
    shown = opener.file(page(READER, json.dumps(["a \ud800 b"]).encode()))
    assert shown.evaluate("document.querySelector('p').textContent.charCodeAt(2)") == 0xD800


@pytest.mark.parametrize("name", NAMES[:1])
def test_the_policy_alone_stops_a_name_that_got_out(opener: Opener, name: str) -> None:
    """With the document as it is, the browser refuses to run what it holds, and says so."""
    shown = opener.file(_naive(json.dumps([name]).encode()))
    assert shown.evaluate("window.stolen") is None
    offences = opener.watches[0].take()
    assert any(offence.startswith("policy: script-src-elem blocked inline") for offence in offences)


@pytest.mark.parametrize("name", NAMES[:1])
def test_without_either_the_attack_works(opener: Opener, name: str) -> None:
    """The control: neither spelled nor governed, the name runs."""
    shown = opener.file(_naive(json.dumps([name]).encode()), Looks(bypass_policy=True))
    assert shown.evaluate("window.stolen") is True
    opener.watches[0].take()


REACHES_OUT = """
const place = "http://127.0.0.1:PORT";
fetch(`${place}/fetched`).catch(() => 0);
navigator.sendBeacon(`${place}/beacon`);
new Image().src = `${place}/image.png`;
"""


@pytest.mark.parametrize(
    ("is_governed", "heard"), [(True, set()), (False, {"GET /fetched", "POST /beacon", "GET /image.png"})]
)
def test_a_page_with_a_document_reaches_nobody(opener: Opener, *, is_governed: bool, heard: set[str]) -> None:
    """Whatever its script tries, nobody who listens hears a word; without the policy they do."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        tries = REACHES_OUT.replace("PORT", str(listener.getsockname()[1]))
        shown = opener.file(page(Bundle(tries, "p {}"), b"[]"), Looks(bypass_policy=not is_governed))
        assert set(_hear(listener)) == heard
        shown.close()
    blocked = {offence.partition(" blocked")[0] for offence in opener.watches[0].take() if "blocked http" in offence}
    assert blocked == ({"policy: connect-src", "policy: img-src"} if is_governed else set())


def _hear(listener: socket.socket) -> Iterator[str]:
    """Yield the method and path of each request, until nobody calls any more."""
    while True:
        try:
            caller, _ = listener.accept()
            caller.settimeout(0.3)
            with caller:
                yield caller.recv(1_000).decode().partition(" HTTP/")[0]
        except TimeoutError:
            return


def test_html_made_of_text_is_refused(opener: Opener) -> None:
    """A script that writes HTML by hand, as ours never does, is stopped by the policy."""
    writes = 'document.getElementById("root").innerHTML = "<b>bold</b>";'
    shown = opener.file(page(Bundle(writes, "p {}"), b"[]"))
    assert shown.locator("#root").inner_html() == ""
    assert any("require-trusted-types-for" in offence for offence in opener.watches[0].take())


@pytest.mark.parametrize(
    ("script", "offence"),
    [
        ("console.error('spoilt')", "console: spoilt"),
        ("throw new Error('spoilt')", "error: Error: spoilt"),
        ("eval('1')", "policy: require-trusted-types-for blocked trusted-types-sink eval"),
    ],
)
def test_these_tests_see_what_a_page_does(opener: Opener, script: str, offence: str) -> None:
    """What is told on the console, thrown or forbidden is an offence."""
    shown = opener.file(page(Bundle(script, "p {}"), b"[]"))
    shown.wait_for_timeout(100)
    assert any(seen.startswith(offence) for seen in opener.watches[0].take())


def test_these_tests_see_who_is_asked(opener: Opener) -> None:
    """A request elsewhere is an offence, where the policy does not stop it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/elsewhere"
        shown = opener.file(page(Bundle(f"fetch('{url}').catch(() => 0);", "p {}"), b"[]"), Looks(bypass_policy=True))
        shown.wait_for_timeout(100)
        shown.close()
    assert f"request: {url}" in opener.watches[0].take()
