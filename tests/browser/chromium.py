"""The browser that the tests drive: Debian's chromium, which draws in software and keeps to itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

EXECUTABLE = Path("/usr/bin/chromium")

_FLAGS = (
    "--no-sandbox",  # chromium refuses to run as root with one, and runs pages of ours alone
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launch(playwright: Playwright, *more_flags: str) -> Browser:
    """Return a running browser."""
    return playwright.chromium.launch(executable_path=EXECUTABLE, args=[*_FLAGS, *more_flags])
