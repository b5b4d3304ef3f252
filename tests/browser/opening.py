"""Opens pages in a browser, from disk or from a server, and tells afterwards what they should not have done."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Literal

from tests.browser.watching import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page


@dataclass(frozen=True)
class Looks:
    """How the reader's machine presents itself to a page."""

    width: int = 1280
    height: int = 800
    theme: Literal["dark", "light"] = "dark"
    less_motion: bool = True
    """Tests ask for little motion, so that pictures stand still; those of motion itself do not."""
    bypass_policy: bool = False
    """Lets the test, and so anything else, run code of its own in the page."""


USUAL = Looks()


@dataclass
class Opener:
    """Opens pages, each in a fresh context of one browser; closing it fails if one of them misbehaved."""

    browser: Browser
    folder: Path
    watches: list[Watch] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)
    _numbers: count[int] = field(default_factory=count)

    def file(self, html: str, looks: Looks = USUAL, *, fragment: str = "") -> Page:
        """Return a page that was opened from a file on disk."""
        path = self.folder / f"page-{next(self._numbers)}.html"
        path.write_bytes(html.encode())
        return self.address(path.as_uri(), path.as_uri(), looks, fragment=fragment)

    def address(self, url: str, origin: str, looks: Looks = USUAL, *, fragment: str = "") -> Page:
        """Return a page that was opened at an address; it may ask for nothing outside the origin."""
        context = self.browser.new_context(
            viewport={"width": looks.width, "height": looks.height},
            color_scheme=looks.theme,
            reduced_motion="reduce" if looks.less_motion else "no-preference",
            bypass_csp=looks.bypass_policy,
        )
        self._stack.callback(context.close)
        context.set_default_timeout(20_000)
        watch = Watch(origin)
        self.watches.append(watch)
        watch.follow(context)
        page = context.new_page()
        page.goto(f"{url}#{fragment}" if fragment else url, wait_until="domcontentloaded")
        return page

    def close(self) -> None:
        """Close every page; AssertionError if any complained, reached out or broke its policy."""
        self._stack.close()
        assert [offence for watch in self.watches for offence in watch.offences] == []
