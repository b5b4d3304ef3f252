"""What large models cost the scene, in counts; the pictures of a software renderer are too slow to be timed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.drawn import lanes, nested, residual
from tests.browser.stage import Stage, Statistics

if TYPE_CHECKING:
    from tests.browser.conftest import Opens

MOST_CALLS = 12
MOST_MEGABYTES = 150


def _heap_megabytes(stage: Stage) -> float:
    """Return what the page's script holds once all garbage is gone."""
    session = stage.page.context.new_cdp_session(stage.page)
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["JSHeapUsedSize"]) / 1e6


def test_ten_thousand_boxes_are_a_few_draw_calls(open_file: Opens) -> None:
    """All of them are drawn, names within their budget, in as many calls as for ten boxes, and then nothing more."""
    few = Stage.of(open_file(residual())).statistics()
    stage = Stage.of(open_file(lanes(100, 100)))
    many = stage.statistics()
    assert many.boxes == 10_000
    assert many.calls <= min(few.calls + 1, MOST_CALLS)
    assert many.triangles < 1_000_000
    assert many.labels <= 240
    stage.page.wait_for_timeout(600)
    assert stage.statistics().frames == many.frames
    assert _heap_megabytes(stage) < MOST_MEGABYTES


def test_ten_thousand_boxes_are_found_under_the_mouse(open_file: Opens) -> None:
    """Any one of them can be flown to and pointed at, and those beside it."""
    stage = Stage.of(open_file(lanes(100, 100)))
    stage.page.evaluate("window.visunn.store.getState().fly(5050)")
    stage.settle()
    hovered = []
    for box in (5_050, 5_051, 5_150):
        stage.point_at(box)
        hovered.append(stage.state("hovered"))
    assert hovered == [5_050, 5_051, 5_150]


def test_a_hundred_thousand_ops_open_at_a_readable_root(open_file: Opens) -> None:
    """Only what can be read is drawn, however much lies in it."""
    stage = Stage.of(open_file(nested(10, 100, 100)))
    told = stage.statistics()
    assert told == Statistics(told.calls, told.triangles, told.frames, boxes=10, labels=told.labels)
    assert told.calls <= MOST_CALLS
    assert _heap_megabytes(stage) < MOST_MEGABYTES
    stage.click(1)
    assert [stage.state("scope"), stage.statistics().boxes] == [1, 101]
