"""The scene as a test sees it: where its boxes are on the page, what it drew, and what the page's state is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

Value: TypeAlias = str | int | float | bool | list[int] | None


class Point(NamedTuple):
    """Pixels from the left and the top of the page."""

    x: float
    y: float

    def to(self, other: Point) -> Point:
        """Return the way to another point."""
        return Point(other.x - self.x, other.y - self.y)

    @property
    def length(self) -> float:
        """Return the distance from the origin."""
        return math.hypot(self.x, self.y)

    @property
    def angle(self) -> float:
        """Return the direction from the origin, in degrees."""
        return math.degrees(math.atan2(self.y, self.x))


@dataclass(frozen=True)
class Statistics:
    """What the scene tells of its last frame; the frames are counted from the start."""

    calls: int
    triangles: int
    frames: int
    boxes: int
    labels: int


@dataclass(frozen=True)
class Stage:
    """The scene of an open page, once it has drawn something and come to rest."""

    page: Page

    @classmethod
    def of(cls, page: Page, *, at_rest: bool = True) -> Stage:
        """Return the scene of a page."""
        stage = cls(page)
        stage.wait(lambda: bool(page.evaluate("Boolean(window.visunn?.statistics?.().frames)")))
        if at_rest:
            stage.settle()
        return stage

    def statistics(self) -> Statistics:
        """Return the figures of the last frame."""
        told: dict[str, int] = self.page.evaluate("window.visunn.statistics()")
        return Statistics(**{name: told[name] for name in Statistics.__dataclass_fields__})

    def at(self, box: int) -> Point:
        """Return the middle of a box on the page."""
        place: dict[str, float] | None = self.page.evaluate(f"window.visunn.project({box})")
        assert place is not None, f"box {box} is not in the scene"
        return Point(place["x"], place["y"])

    def state(self, name: str) -> Value:
        """Return a field of the page's state; sets are lists in order."""
        field = f"window.visunn.store.getState().{name}"
        value: Value = self.page.evaluate(f"{field} instanceof Set ? [...{field}].sort((a, b) => a - b) : {field}")
        return value

    def point_at(self, box: int) -> None:
        """Move the mouse over a box."""
        self.page.mouse.move(*self.at(box))

    def click(self, box: int, *, key: str | None = None) -> None:
        """Click on a box, with a key held down."""
        if key is not None:
            self.page.keyboard.down(key)
        self.page.mouse.click(*self.at(box))
        if key is not None:
            self.page.keyboard.up(key)
        self.settle()

    def drag(self, way: Point, *, button: str = "left") -> None:
        """Drag over the ground from the middle of the scene."""
        mouse = self.page.mouse
        start = Point(640, 640)
        mouse.move(*start)
        mouse.down(button="right" if button == "right" else "left")
        mouse.move(start.x + way.x / 2, start.y + way.y / 2)
        mouse.move(start.x + way.x, start.y + way.y)
        mouse.up(button="right" if button == "right" else "left")
        self.settle()

    def settle(self) -> None:
        """Wait until no more frames are drawn."""
        drawn = -1
        while drawn != (drawn := self.statistics().frames):
            self.page.wait_for_timeout(250)

    def wait(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds, for 20 seconds at most."""
        for _ in range(400):
            if holds():
                return
            self.page.wait_for_timeout(50)
        msg = "it did not come to hold"
        raise AssertionError(msg)
