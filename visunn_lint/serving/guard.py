"""What every request passes and every answer carries, errors as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from visunn_lint.serving.access import Access, Hosts

_METHODS = ("GET", "HEAD")

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",  # frame-ancestors, for browsers that do not know it
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",  # pages on other ports of this host get our cookie sent, too
}


@dataclass(frozen=True, slots=True)
class Guard:
    """An application that turns away what is not meant for another, and seals what that one answers."""

    application: ASGIApp
    hosts: Hosts
    access: Access
    policy: str
    """The content security policy of the page."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer = self._refusal(Request(scope)) or self.application
        await answer(scope, receive, self._sealing(send))

    def _refusal(self, request: Request) -> Response | None:
        """Return the answer to a request that goes no further, None to one that does."""
        if not self.hosts.hold(request.headers.get("host", "")):
            return _line(421, "This server does not go by that name.")
        if request.method not in _METHODS:
            return _line(405, "This server only shows.", {"Allow": ", ".join(_METHODS)})
        if request.scope["path"] == "/" and "token" in request.query_params:
            return self._entry(request.query_params["token"])
        if not self.access.admits(request.cookies, request.headers.get("authorization", "")):
            return _line(401, "Open the address that visunn printed: it lets your browser in.")
        return None

    def _entry(self, token: str) -> Response:
        """Return the way in: a cookie in place of the token, which leaves the address."""
        if not self.access.redeem(token):
            return _line(403, "That token is not, or no longer, valid: open the address that visunn printed.")
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(self.access.cookie, self.access.session, httponly=True, samesite="strict", path="/")
        return answer

    def _sealing(self, send: Send) -> Send:
        """Return a sender that adds the headers of every answer."""
        sealed = {**_HEADERS, "Content-Security-Policy": f"{self.policy}; frame-ancestors 'none'"}

        async def send_sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(sealed)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        return send_sealed


def _line(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{text}\n", status, headers)
