"""A browser for the whole session, and pages in it that fail a test by what they do unseen."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.browser import chromium
from tests.browser.opening import Opener
from visunn_lint.errors import VisunnError
from visunn_lint.render.bundle import Bundle, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Playwright

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
