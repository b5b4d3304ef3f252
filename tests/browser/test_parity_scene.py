"""What the first visunn's scene could do, with a real mouse: as one file, and in front of a server."""

from __future__ import annotations

import re
from colorsys import rgb_to_hsv
from io import BytesIO
from math import hypot
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.documents import ROOT
from tests.browser.opening import Looks
from tests.browser.scene import Point, Scene

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Page

    from tests.browser.conftest import Opens

SAMPLE = (ROOT / "web/tests/sample.json").read_bytes()


@pytest.fixture
def page(open_page: Opens) -> Page:
    """Return a page that shows a small network."""
    return open_page(SAMPLE)


@pytest.fixture
def scene(page: Page) -> Scene:
    """Return its scene."""
    return Scene(page)


def _closed(page: Page, scene: Scene, label: str) -> int:
    """Return a module that stands as one box: the page opens what there is room for."""
    box = scene.box(label)
    page.evaluate("(box) => window.visunn.store.getState().toggle(box)", box)
    return box


def test_a_box_tells_its_path_where_the_mouse_is(page: Page, scene: Scene) -> None:
    """A label shows the way down to it, each module a step further in; it goes when the mouse leaves."""
    scene.hover(_closed(page, scene, "layer1"))
    steps = page.locator(".hover-step")
    expect(steps).to_have_text(["TinyResNet", re.compile("^layer1")])
    indents = steps.evaluate_all("all => all.map(each => parseFloat(getComputedStyle(each).paddingInlineStart))")
    assert indents == sorted(set(indents))
    page.mouse.move(*scene.ground())
    expect(page.locator(".hover-label")).to_be_hidden()


def test_the_card_shows_what_the_mouse_was_on_last(page: Page, scene: Scene) -> None:
    """And keeps it when the mouse leaves: there is time to read."""
    card = page.get_by_role("complementary", name="Inspector")
    scene.hover(scene.box("conv1"))
    expect(card.get_by_role("heading", level=2)).to_have_text("conv1")
    page.mouse.move(*scene.ground())
    page.wait_for_timeout(100)
    expect(card.get_by_role("heading", level=2)).to_have_text("conv1")


def test_a_click_drills_in_and_two_buttons_lead_back(page: Page, scene: Scene) -> None:
    """To the parent, and to the model at once; at the root there is nowhere to go."""
    previous, root = page.get_by_role("button", name="Previous module"), page.get_by_role("button", name="Root module")
    expect(previous).to_be_disabled()
    layer = _closed(page, scene, "layer1")
    scene.click(layer)
    assert scene.scope() == layer
    previous.click()
    assert scene.scope() == 0
    expect(previous).to_be_disabled()
    _closed(page, scene, "layer1")
    scene.click(layer)
    scene.click(_closed(page, scene, "0"))
    assert scene.scope() == scene.box("0")
    root.click()
    assert scene.scope() == 0
    expect(root).to_be_disabled()


def test_dragging_turns_the_scene(page: Page, scene: Scene) -> None:
    """The left button: boxes move against each other. Reset rotation turns it back."""
    ends = scene.box("x"), scene.box("output")
    first = scene.points(*ends)
    scene.drag(scene.ground(), 120, 0)
    turned = scene.points(*ends)
    assert not _moved_alike(first, turned)
    page.get_by_role("button", name="Reset rotation").click()
    assert all(map(Point.is_near, scene.points(*ends), first))


def test_dragging_with_the_right_button_moves_the_scene(page: Page, scene: Scene) -> None:
    """All boxes alike, and with the mouse. Reset position moves it back."""
    ends = scene.box("x"), scene.box("output")
    first = scene.points(*ends)
    scene.drag(scene.ground(), 90, -40, "right")
    moved = scene.points(*ends)
    assert all(now.x > before.x and now.y < before.y for now, before in zip(moved, first, strict=True))
    page.get_by_role("button", name="Reset position").click()
    assert all(map(Point.is_near, scene.points(*ends), first))


def test_scrolling_zooms(page: Page, scene: Scene) -> None:
    """Forwards is nearer. Reset position takes the distance back, too."""
    ends = scene.box("x"), scene.box("output")
    first = scene.points(*ends)
    page.mouse.move(*scene.ground())
    page.mouse.wheel(0, -300)
    near = scene.points(*ends)
    assert _distance(*near) > 1.1 * _distance(*first)
    page.mouse.wheel(0, 900)
    assert _distance(*scene.points(*ends)) < _distance(*near) / 1.1
    page.get_by_role("button", name="Reset position").click()
    assert all(map(Point.is_near, scene.points(*ends), first))


@pytest.mark.parametrize("key", ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"])
def test_arrow_keys_move_the_scene(open_file: Opens, key: str) -> None:
    """Left and right across the window, up and down along it."""
    page = open_file(SAMPLE)
    scene = Scene(page)
    box = scene.box("layer1")
    first = scene.point(box)
    page.mouse.click(*scene.ground())
    page.keyboard.press(key)
    moved = scene.point(box)
    across, along = abs(moved.x - first.x), abs(moved.y - first.y)
    assert max(across, along) > 10
    assert (across > along) == (key in {"ArrowLeft", "ArrowRight"})


def test_it_turns_by_itself_until_the_first_drag(open_page: Opens) -> None:
    """Where little motion is not asked for."""
    page = open_page(SAMPLE, Looks(less_motion=False))
    scene = Scene(page)
    box = scene.box("x")
    page.wait_for_function("(box) => window.visunn.project?.(box)", arg=box)
    for _ in range(3):
        seen = page.evaluate("(box) => window.visunn.project(box).x", box)
        page.wait_for_function("([box, seen]) => window.visunn.project(box).x !== seen", arg=[box, seen])
    scene.drag(scene.ground(), 30, 0)
    scene.settle()


CLASSIC = {"layer1": "#4834D4", "x": "#22A6B3", "output": "#F0932B", "flatten": "#535C68"}


def test_classic_colours_are_those_of_the_first_visunn(open_page: Opens) -> None:
    """Modules, inputs, outputs and ops; and what the mouse is on."""
    page = open_page(SAMPLE)
    scene = Scene(page)
    page.evaluate("() => window.visunn.store.getState().setPalette('classic')")
    _closed(page, scene, "layer1")
    for label, colour in CLASSIC.items():
        point = scene.point(scene.box(label))
        assert _is_shade(_pixel(page, point), colour), label
    box = scene.box("layer1")
    scene.hover(box)
    page.wait_for_timeout(300)
    assert _is_shade(_pixel(page, scene.point(box)), "#EB4D4B")


def test_the_cards_tell_how_to_and_what(page: Page, scene: Scene) -> None:
    """How to read and move, a legend of the colours; and of a box its name, op, inputs, outputs, shapes, parameters."""
    page.evaluate("() => window.visunn.store.getState().setPalette('classic')")
    legend = page.locator(".legend")
    expect(legend).to_contain_text("module")
    for word in ("input", "output", "op", "Drag", "scroll", "Click"):
        expect(legend).to_contain_text(word)
    scene.hover(scene.box("conv1"))
    card = page.get_by_role("complementary", name="Inspector")
    for text in ("conv1", "aten::conv2d", "2×3×32×32", "from", "x", "2×16×32×32", "to", "bn1", "448", "weight"):
        expect(card).to_contain_text(text)


def _moved_alike(before: tuple[Point, ...], after: tuple[Point, ...]) -> bool:
    steps = [Point(now.x - then.x, now.y - then.y) for then, now in zip(before, after, strict=True)]
    return all(step.is_near(steps[0], 20) for step in steps)


def _distance(one: Point, other: Point) -> float:
    return hypot(one.x - other.x, one.y - other.y)


def _pixel(page: Page, point: Point) -> tuple[float, float, float]:
    """Return hue, saturation and value of what is seen at a place."""
    clip: FloatRect = {"x": point.x - 1, "y": point.y - 1, "width": 3, "height": 3}
    with Image.open(BytesIO(page.screenshot(clip=clip))) as picture:
        red, green, blue = picture.convert("RGB").resize((1, 1)).tobytes()
    return rgb_to_hsv(red / 255, green / 255, blue / 255)


def _is_shade(seen: tuple[float, float, float], colour: str) -> bool:
    """Return whether a colour that is lit somehow is a given one: its hue is, or both are grey."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, saturation, _ = rgb_to_hsv(red, green, blue)
    if saturation < 0.3:
        return seen[1] < 0.4
    apart = abs(seen[0] - hue)
    return min(apart, 1 - apart) < 0.04 and seen[1] > 0.3
