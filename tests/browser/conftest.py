"""A browser for the whole session, and pages in it that fail a test by what they do unseen."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, NoReturn, Protocol

import pytest

from tests.browser import chromium
from tests.browser.documents import bytes_of
from tests.browser.opening import USUAL, Looks, Opener
from tests.browser.serving import running
from visunn_lint.errors import VisunnError
from visunn_lint.render.bundle import Bundle, read
from visunn_lint.render.page import page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Playwright

    from tests.browser.documents import Subject
    from tests.browser.serving import Running


class Opens(Protocol):
    """Opens a subject in a page."""

    def __call__(self, subject: Subject, looks: Looks = ..., *, fragment: str = ...) -> Page:
        """Return the page once it shows something."""


_IS_REQUIRED = os.environ.get("VISUNN_BROWSER") == "required"


def _do_without(reason: str) -> NoReturn:
    """Skip a test, or fail it where all of them have to run."""
    if _IS_REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Return what drives browsers."""
    if not chromium.EXECUTABLE.exists():
        _do_without(f"no {chromium.EXECUTABLE}: apt-get install chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- starts a process; most sessions do without

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Return the browser of the session."""
    browser = chromium.launch(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    """Return the viewer as it was built."""
    try:
        return read()
    except VisunnError as error:
        _do_without(f"{error.message}; {error.hint}")


@pytest.fixture
def opener(browser: Browser, tmp_path: Path) -> Iterator[Opener]:
    """Return what opens pages for one test, which fails if one of them misbehaves."""
    opener = Opener(browser, tmp_path)
    yield opener
    opener.close()


@pytest.fixture
def serve(bundle: Bundle) -> Iterator[Callable[[Subject], Running]]:
    """Return a function that runs a server for the rest of the test."""
    with ExitStack() as stack:
        yield lambda subject: stack.enter_context(running(bundle, bytes_of(subject)))


@pytest.fixture
def open_file(bundle: Bundle, opener: Opener) -> Opens:
    """Return a function that opens a subject as one HTML file."""

    def opens(subject: Subject, looks: Looks = USUAL, *, fragment: str = "") -> Page:
        return _ready(opener.file(page(bundle, bytes_of(subject)), looks, fragment=fragment))

    return opens


@pytest.fixture
def open_server(serve: Callable[[Subject], Running], opener: Opener) -> Opens:
    """Return a function that opens a subject in front of a server."""

    def opens(subject: Subject, looks: Looks = USUAL, *, fragment: str = "") -> Page:
        run = serve(subject)
        return _ready(opener.address(run.url, run.origin, looks, fragment=fragment))

    return opens


@pytest.fixture(params=["file", "server"])
def open_page(request: pytest.FixtureRequest) -> Opens:
    """Return a function that opens a subject: as one file, and once more in front of a server."""
    opens: Opens = request.getfixturevalue(f"open_{request.param}")
    return opens


def _ready(page: Page) -> Page:
    """Return a page once it shows something."""
    page.locator("#root > *").first.wait_for(state="attached")
    return page
