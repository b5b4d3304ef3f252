"""The routes: the page, the document, what changes, and the tables of the first visunn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from visunn_lint.serving.guard import Guard
from visunn_lint.serving.levels import UnknownTagError, level

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from visunn_lint.serving.access import Access, Hosts
    from visunn_lint.serving.exhibit import Event, Exhibit

_SECONDS_BETWEEN_SIGNS = 15
"""After so long without an event, a comment is sent: it shows whether anybody is still there."""


def application(page: str, policy: str, exhibit: Exhibit, access: Access, hosts: Hosts) -> Guard:
    """Return the server as an application: it shows an exhibit on a page, under a policy, to whom it admits.

    Whatever it answers with lies in memory: no request reaches the disk.
    """

    async def show_page(_: Request) -> Response:
        return HTMLResponse(page)

    async def show_document(request: Request) -> Response:
        shown = exhibit.shown
        headers = {"ETag": f'"{shown.version}"', "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(shown.data, headers=headers, media_type="application/json")

    async def show_changes(request: Request) -> Response:
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        known = request.headers.get("last-event-id", "")
        return StreamingResponse(_events(exhibit, known), media_type="text/event-stream")

    def show_level(request: Request) -> Response:
        try:
            answer = level(exhibit.shown.document, request.path_params["tag"])
        except UnknownTagError as error:
            return _json({"error": str(error)}, 404)
        return _json(answer, 200)

    async def show_nothing(_: Request, __: Exception) -> Response:
        return PlainTextResponse("There is nothing here.\n", 404)

    routes = [
        Route("/", show_page),
        Route("/document.json", show_document),
        Route("/changes", show_changes),
        Route("/api/{tag:path}", show_level),
    ]
    return Guard(Starlette(routes=routes, exception_handlers={404: show_nothing}), hosts, access, policy)


def _json(answer: object, status: int) -> Response:
    return Response(msgspec.json.encode(answer), status, media_type="application/json")


async def _events(exhibit: Exhibit, known: str) -> AsyncIterator[str]:
    with exhibit.looking(known) as queue:
        yield "retry: 1000\n\n"
        while True:
            try:
                event = await asyncio.wait_for(queue.get(), _SECONDS_BETWEEN_SIGNS)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if event is None:
                return
            yield _written(event)


def _written(event: Event) -> str:
    """Return an event as the protocol has it, where a line end would begin another field."""
    text = " ".join(event.text.split())
    return f"id: {event.version}\nevent: {event.name}\ndata: {text}\n\n"
