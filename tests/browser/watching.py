"""What a page must not do while it is looked at: complain, reach out, or break its policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page

_OWN = frozenset({"data", "blob"})
"""Schemes of what a page makes itself."""

_LISTEN = """
document.addEventListener("securitypolicyviolation", (event) => {
  window.tellViolation(`${event.effectiveDirective} blocked ${event.blockedURI} ${event.sample}`);
});
"""


@dataclass
class Watch:
    """Collects the offences of all pages of one context; ``origin`` is the only place that they may ask."""

    origin: str
    offences: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """The addresses that were asked for, in order."""

    def follow(self, context: BrowserContext) -> None:
        """Begin to collect, before any page is opened."""
        context.expose_binding("tellViolation", self._hear_violation)
        context.add_init_script(_LISTEN)
        context.on("page", self._follow_page)

    def take(self) -> list[str]:
        """Return the offences until now, and forget them: for tests that provoke one."""
        taken, self.offences[:] = list(self.offences), []
        return taken

    def _follow_page(self, page: Page) -> None:
        page.on("console", self._hear_console)
        page.on("pageerror", lambda error: self.offences.append(f"error: {error.stack or error}"))
        page.on("request", lambda request: self._hear_request(request.url))
        page.on("websocket", lambda socket: self._hear_request(socket.url))

    def _hear_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.offences.append(f"console: {message.text}")

    def _hear_request(self, url: str) -> None:
        self.asked.append(url)
        if urlsplit(url).scheme not in _OWN and not url.startswith(self.origin):
            self.offences.append(f"request: {url}")

    def _hear_violation(self, _: Any, text: str) -> None:  # noqa: ANN401 -- playwright's own record of the caller
        self.offences.append(f"policy: {text}")
