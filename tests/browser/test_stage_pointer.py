"""The scene under a real mouse and real keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.drawn import ADD, BLOCK, CONV, HEAD, INPUT, OUTPUT, residual
from tests.browser.opening import Looks
from tests.browser.stage import Point, Stage

if TYPE_CHECKING:
    from tests.browser.conftest import Opens

CLOSED = "open="
"""A link in which no module is open in place."""


def test_pointing_at_a_box_hovers_over_it(open_page: Opens) -> None:
    """The box under the mouse is the hovered one, until the mouse leaves it."""
    stage = Stage.of(open_page(residual()))
    stage.point_at(HEAD)
    assert stage.state("hovered") == HEAD
    stage.page.mouse.move(640, 660)
    assert stage.state("hovered") is None


def test_click_on_a_module_drills_in(open_page: Opens) -> None:
    """A closed module is gone into by a click."""
    stage = Stage.of(open_page(residual(), fragment=CLOSED))
    stage.click(BLOCK)
    assert stage.state("scope") == BLOCK


def test_drilled_module_shows_what_it_reads_and_feeds(open_file: Opens) -> None:
    """The boxes outside stand at the sides: three ops in it, one box that it reads from, one that it feeds."""
    stage = Stage.of(open_file(residual(), fragment=CLOSED))
    stage.click(BLOCK)
    assert stage.statistics().boxes == 5
    assert stage.at(INPUT).x < stage.at(CONV).x < stage.at(ADD).x < stage.at(HEAD).x


def test_click_on_an_op_selects_it(open_file: Opens) -> None:
    """An op holds nothing to go into."""
    stage = Stage.of(open_file(residual()))
    stage.click(ADD)
    assert [stage.state("scope"), stage.state("selected")] == [0, ADD]


def test_click_on_the_ground_selects_nothing(open_file: Opens) -> None:
    """What was selected is let go."""
    stage = Stage.of(open_file(residual()))
    stage.click(ADD)
    stage.page.mouse.click(640, 660)
    assert stage.state("selected") is None


def test_shift_click_opens_in_place(open_file: Opens) -> None:
    """The block stays where it is and shows its three ops."""
    stage = Stage.of(open_file(residual(), fragment=CLOSED))
    before = stage.statistics().boxes
    stage.click(BLOCK, key="Shift")
    assert [stage.state("scope"), stage.state("expanded")] == [0, [BLOCK]]
    assert stage.statistics().boxes == before + 3


def test_shift_click_on_a_slab_closes_it(open_file: Opens) -> None:
    """The rim of an open module is the module."""
    stage = Stage.of(open_file(residual()))
    x, y = stage.at(BLOCK)
    rim = (Point(x, y + down) for down in range(0, 200, 3))
    for point in rim:
        stage.page.mouse.move(*point)
        if stage.state("hovered") == BLOCK:
            break
    stage.page.keyboard.down("Shift")
    stage.page.mouse.down()
    stage.page.mouse.up()
    stage.page.keyboard.up("Shift")
    assert stage.state("expanded") == []


def test_left_drag_rotates(open_page: Opens) -> None:
    """The line from input to output turns, and nothing is clicked."""
    stage = Stage.of(open_page(residual()))
    before = stage.at(INPUT).to(stage.at(OUTPUT))
    stage.drag(Point(160, 0))
    after = stage.at(INPUT).to(stage.at(OUTPUT))
    assert abs(after.angle - before.angle) > 10
    assert [stage.state("scope"), stage.state("selected")] == [0, None]


def test_right_drag_pans(open_page: Opens) -> None:
    """All boxes follow the mouse, and keep their places among each other."""
    stage = Stage.of(open_page(residual()))
    before = [stage.at(INPUT), stage.at(OUTPUT)]
    stage.drag(Point(90, 0), button="right")
    after = [stage.at(INPUT), stage.at(OUTPUT)]
    assert all(50 < old.to(new).x < 150 for old, new in zip(before, after, strict=True))
    assert abs(before[0].to(before[1]).angle - after[0].to(after[1]).angle) < 5


def test_scroll_zooms(open_page: Opens) -> None:
    """Scrolling up brings the boxes closer, and apart."""
    stage = Stage.of(open_page(residual()))
    before = stage.at(INPUT).to(stage.at(OUTPUT)).length
    stage.page.mouse.move(640, 400)
    stage.page.mouse.wheel(0, -240)
    stage.settle()
    assert stage.at(INPUT).to(stage.at(OUTPUT)).length > 1.1 * before


def test_arrow_keys_move(open_page: Opens) -> None:
    """The camera goes left, so that the boxes go right; and back."""
    stage = Stage.of(open_page(residual()))
    before = stage.at(HEAD)
    stage.page.keyboard.press("ArrowLeft")
    stage.settle()
    assert stage.at(HEAD).x > before.x + 20
    stage.page.keyboard.press("ArrowRight")
    stage.settle()
    assert before.to(stage.at(HEAD)).length < 1


def test_resets_bring_the_view_back(open_page: Opens) -> None:
    """After turning, moving and zooming, the two buttons show what was shown at first, the target too."""
    stage = Stage.of(open_page(residual()))
    before = [stage.at(box) for box in (INPUT, HEAD, OUTPUT)]
    stage.drag(Point(130, 60))
    stage.drag(Point(-80, 40), button="right")
    stage.page.mouse.wheel(0, 300)
    stage.page.get_by_role("button", name="Reset rotation").click()
    stage.page.get_by_role("button", name="Reset position").click()
    stage.settle()
    after = [stage.at(box) for box in (INPUT, HEAD, OUTPUT)]
    assert all(old.to(new).length < 1 for old, new in zip(before, after, strict=True))


def test_scene_turns_until_the_first_drag(open_page: Opens) -> None:
    """It turns by itself, and after a drag it stands still and draws nothing more."""
    stage = Stage.of(open_page(residual(), Looks(less_motion=False)), at_rest=False)
    stage.wait(lambda: stage.state("spinning") is True)
    before = stage.at(OUTPUT)
    stage.wait(lambda: before.to(stage.at(OUTPUT)).length > 3)
    stage.drag(Point(60, 0))
    assert stage.state("spinning") is False
    drawn = stage.statistics().frames
    stage.page.wait_for_timeout(600)
    assert stage.statistics().frames == drawn


def test_scene_stands_still_for_who_asked_for_less_motion(open_file: Opens) -> None:
    """Nothing turns, and nothing is drawn while nothing happens."""
    stage = Stage.of(open_file(residual()))
    drawn = stage.statistics().frames
    stage.page.wait_for_timeout(600)
    assert [stage.state("spinning"), stage.statistics().frames] == [False, drawn]
