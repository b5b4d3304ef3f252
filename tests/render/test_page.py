"""The viewer's page: what is in it, and that no name gets out of the data."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from visunn_lint.errors import VisunnError
from visunn_lint.render.bundle import BUILD, Bundle, read
from visunn_lint.render.page import escaped, page, policy

if TYPE_CHECKING:
    from pathlib import Path

BUNDLE = Bundle("const greeting = 'hällo';\n", "body { margin: 0 }\n")

NASTY = (
    "</script><script>alert(1)</script>",
    "</SCRIPT >",
    '"><img src=x onerror=alert(1)>',
    "<!-- <script>",
    "]]>",
    "javascript:alert(1)",
    "&lt;b&gt; &amp;",
    "\\u003cscript>",
    "$style ${script} $$",
    "line \u2028 and paragraph \u2029",
    "nul \0 escape \x1b[31m",
    "lone surrogates \ud800 \udfff",
    "right \u202e to left",
    "层 😀",
    "x<" * 500_000,
)


class _Page(HTMLParser):
    """Collects the elements of a page, and the text that each begins with."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._is_open = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")
        self._is_open = True

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 -- the parser's signature
        self._is_open = False

    def handle_data(self, data: str) -> None:
        if self._is_open:
            self.texts[-1] += data

    def texts_of(self, tag: str, **attributes: str) -> list[str]:
        """Return the texts of the elements that have a tag and some attributes."""
        return [
            text
            for (name, given), text in zip(self.elements, self.texts, strict=True)
            if name == tag and attributes.items() <= given.items()
        ]


@pytest.mark.parametrize("name", NASTY, ids=lambda name: ascii(name[:20]))
def test_a_name_stays_data(name: str) -> None:
    """Whatever a name holds, the page has the elements of any other page, and JSON gives the name back."""
    names = {"name": name, name: [name]}
    html = page(BUNDLE, json.dumps(names, ensure_ascii="\ud800" in name).encode())
    shown = _Page(html)
    assert shown.elements == _Page(page(BUNDLE, b"{}")).elements
    assert [json.loads(text) for text in shown.texts_of("script", id="visunn-document")] == [names]
    assert shown.texts_of("style") == [BUNDLE.style]


def test_what_means_something_in_html_is_spelled() -> None:
    """The characters that open, close or name anything in HTML, and the two that end a line of JavaScript alone."""
    text = '{"a":"<b> & \u2028\u2029 é"}'
    assert escaped(text.encode()) == r'{"a":"\u003cb\u003e \u0026 \u2028\u2029 é"}'


def test_without_the_spelling_a_name_gets_out() -> None:
    """The names above are an attack: in a page that holds them as they are, there is one more script."""
    document = json.dumps({"name": NASTY[0]}).encode()
    naive = page(BUNDLE, document).replace(escaped(document), document.decode())
    assert "alert(1)" in _Page(naive).texts_of("script")


def test_a_page_with_a_document_reaches_nobody() -> None:
    """Its policy stands in it, ahead of whatever it governs, and names the hashes of our two texts."""
    shown = _Page(page(BUNDLE, b"{}"))
    kinds = [(tag, given.get("http-equiv")) for tag, given in shown.elements]
    rules = shown.elements[kinds.index(("meta", "Content-Security-Policy"))][1]["content"]
    assert kinds.index(("meta", "Content-Security-Policy")) < kinds.index(("style", None))
    assert rules == (
        f"default-src 'none'; script-src '{_hash(BUNDLE.script)}'; style-src '{_hash(BUNDLE.style)}'; "
        "img-src data: blob:; connect-src 'none'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types visunn"
    )
    assert [_hash(text) for text in shown.texts_of("script", type="module")] == [_hash(BUNDLE.script)]
    assert [_hash(text) for text in shown.texts_of("style")] == [_hash(BUNDLE.style)]


def test_a_page_for_a_server_says_so() -> None:
    """It has no document and no policy: the server sends both."""
    shown = _Page(page(BUNDLE, None))
    metas = [given for tag, given in shown.elements if tag == "meta"]
    assert {"name": "visunn-source", "content": "server"} in metas
    assert not any("http-equiv" in given for given in metas)
    assert [given for tag, given in shown.elements if tag == "script"] == [{"type": "module"}]
    assert "connect-src 'self'" in policy(BUNDLE, connect="'self'")


def test_nothing_comes_from_elsewhere() -> None:
    """No element names a file or a host; the icon is in the page."""
    html = page(BUNDLE, b"{}")
    links = [value for _, given in _Page(html).elements for name, value in given.items() if name in {"href", "src"}]
    assert [str(link)[:18] for link in links] == ["data:image/svg+xml"]
    assert set(re.findall(r"https?://[^'\"\s]+", html)) == {"http://www.w3.org/2000/svg"}  # the name of SVG


def test_what_is_built_is_read(tmp_path: Path) -> None:
    """Line ends become those that a browser hashes."""
    (tmp_path / "viewer.js").write_bytes("let é = 1;\r\n".encode())
    (tmp_path / "viewer.css").write_bytes(b"body {}\n")
    assert read(tmp_path) == Bundle("let é = 1;\n", "body {}\n")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "the viewer is not built: this is an installation from a clone"),
        ({"viewer.js": "let a;"}, "the viewer is not built: this is an installation from a clone"),
        ({"viewer.js": " ", "viewer.css": "b {}"}, "the viewer is not built well: viewer.js is empty"),
        (
            {"viewer.js": "let a = '</Script>'", "viewer.css": "b {}"},
            "the viewer is not built well: viewer.js holds `</Script`, which would end it early in a page",
        ),
        (
            {"viewer.js": "let a = '<!--'", "viewer.css": "b {}"},
            "the viewer is not built well: viewer.js holds `<!--`, which would end it early in a page",
        ),
        (
            {"viewer.js": "let a;", "viewer.css": "/* </style> */"},
            "the viewer is not built well: viewer.css holds `</style`, which would end it early in a page",
        ),
    ],
)
def test_what_is_not_built_is_told(tmp_path: Path, files: dict[str, str], message: str) -> None:
    """One line, and the command that builds it."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(VisunnError) as caught:
        read(tmp_path)
    assert caught.value.message == message
    assert BUILD in caught.value.hint


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
