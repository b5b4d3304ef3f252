"""The viewer as one HTML page: with a document in it, or with a server behind it.

Nothing in a page is fetched from elsewhere, and nothing in it runs but our script. The document
stands in it as data, whatever its names hold; the policy would stop them even if they got out of it.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from string import Template
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from visunn_lint.render.bundle import Bundle

_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Cpath d='M8 1 15 4.5v7L8 15 1 11.5v-7z' fill='%234834d4'/%3E%3C/svg%3E"
)
"""A cube: without an icon of its own in the page, a browser asks the server for one."""

_PAGE = Template(
    """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
$head
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="dark light">
<title>visunn</title>
<link rel="icon" href="$icon">
<style>$style</style>
</head>
<body>
<div id="root"></div>
<noscript>The graph is drawn by JavaScript, which is switched off here.</noscript>
$data<script type="module">$script</script>
</body>
</html>
"""
)

_IN_A_SCRIPT = (
    (b"<", rb"\u003c"),
    (b">", rb"\u003e"),
    (b"&", rb"\u0026"),
    ("\u2028".encode(), rb"\u2028"),
    ("\u2029".encode(), rb"\u2029"),
)
"""Characters that JSON has in strings alone, as it may spell them there: neither HTML nor JavaScript sees them."""


def page(bundle: Bundle, document: bytes | None) -> str:
    """Return a page that shows a document, or the one that its server has for it if there is None.

    ``document`` is JSON in UTF-8. The policy of a page with a document stands in it; that of one
    with a server is for the server to send: `policy`.
    """
    if document is None:
        head, data = '<meta name="visunn-source" content="server">', ""
    else:
        rules = policy(bundle, connect="'none'")
        head = f'<meta http-equiv="Content-Security-Policy" content="{escape(rules)}">'
        data = f'<script type="application/json" id="visunn-document">{escaped(document)}</script>\n'
    return _PAGE.substitute(head=head, icon=_ICON, style=bundle.style, data=data, script=bundle.script)


def policy(bundle: Bundle, *, connect: Literal["'none'", "'self'"]) -> str:
    """Return the content security policy of a page: the two texts of the bundle run, and nothing else.

    Pictures are those that the page makes itself. ``connect`` is where it may ask for data.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(bundle.script)}'",
            f"style-src '{_hash(bundle.style)}'",
            "img-src data: blob:",
            f"connect-src {connect}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types visunn",
        )
    )


def escaped(document: bytes) -> str:
    """Return JSON as the same JSON without a character that means something to an HTML parser."""
    for character, spelled in _IN_A_SCRIPT:
        document = document.replace(character, spelled)
    return document.decode()


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
