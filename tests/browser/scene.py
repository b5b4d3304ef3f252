"""The scene of a page, driven as a person does: with the mouse, at the points where boxes are seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import Page

_COMES_TO_REST = """async () => {
  const next = () => new Promise((done) => requestAnimationFrame(done));
  for (let drawn = -1, round = 0; round < 1000; round += 1) {
    await next();
    await next();
    const frames = window.visunn.statistics?.().frames ?? 0;
    if (frames > 0 && frames === drawn) return true;
    drawn = frames;
  }
  return false;
}"""


class Point(NamedTuple):
    """A place in the window, in pixels."""

    x: float
    y: float

    def is_near(self, other: Point, pixels: float = 1.5) -> bool:
        """Return whether another place is the same for the eye."""
        return abs(self.x - other.x) <= pixels and abs(self.y - other.y) <= pixels


@dataclass(frozen=True, slots=True)
class Scene:
    """The scene of one page."""

    page: Page

    def box(self, label: str, call: int = 0) -> int:
        """Return the number of the box with a label, of the given call of its module."""
        number: int = self.page.evaluate(
            """([label, call]) => window.visunn.store.getState().tables.boxes
                .findIndex((box) => box.label === label && (box.call ?? 0) === call)""",
            [label, call],
        )
        assert number >= 0, f"no box {label}"
        return number

    def point(self, box: int) -> Point:
        """Return where the middle of a box is seen, once nothing moves any more."""
        self.settle()
        seen = self.page.evaluate("(box) => window.visunn.project(box)", box)
        assert seen is not None, f"box {box} is not seen"
        return Point(seen["x"], seen["y"])

    def settle(self) -> None:
        """Wait until the scene draws nothing though the browser would let it: it draws only what changes."""
        assert self.page.evaluate(_COMES_TO_REST), "the scene does not come to rest"

    def points(self, *boxes: int) -> tuple[Point, ...]:
        """Return where boxes are seen once they stand still."""
        return tuple(self.point(box) for box in boxes)

    def hover(self, box: int) -> None:
        """Move the mouse onto a box, from where it is."""
        point = self.point(box)
        self.page.mouse.move(point.x, point.y, steps=3)

    def click(self, box: int, *modifiers: Literal["Shift", "Control"]) -> None:
        """Click on a box."""
        self.hover(box)
        for key in modifiers:
            self.page.keyboard.down(key)
        self.page.mouse.down()
        self.page.mouse.up()
        for key in modifiers:
            self.page.keyboard.up(key)

    def drag(self, start: Point, right: float, down: float, button: Literal["left", "right"] = "left") -> None:
        """Move the mouse with a button held, over the ground."""
        self.page.mouse.move(start.x, start.y)
        self.page.mouse.down(button=button)
        self.page.mouse.move(start.x + right, start.y + down, steps=6)
        self.page.mouse.up(button=button)

    def ground(self) -> Point:
        """Return a place of the scene where there is no box: in the middle, near its lower edge."""
        size = self.page.viewport_size
        assert size is not None
        return Point(size["width"] / 2, size["height"] * 0.82)

    def scope(self) -> int:
        """Return the box whose inside is shown."""
        return int(self.page.evaluate("window.visunn.store.getState().scope"))
