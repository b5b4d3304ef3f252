"""The format for people: what a finding looks like, whatever the source, the terminal and the names."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.render.fake_report import ABSENT, RECYCLED, UNUSED, report, write_model
from visunn_lint.finding import Broken, Finding, Related, Severity
from visunn_lint.location import Location
from visunn_lint.render import View
from visunn_lint.render.full import render


@pytest.fixture
def view(tmp_path: Path) -> View:
    """Return a view without colour on a folder that holds the model file."""
    write_model(tmp_path)
    return View(root=tmp_path, folder=tmp_path)


def _snippet(text: str, view: View, *related: Related, label: str = "here", **span: int) -> list[str]:
    """Return the rows below the bare margin in a finding on a file with this text."""
    (view.root / "case.py").write_text(text, encoding="utf-8")
    span = {"line": 1, "column": 1, "end_line": 1, "end_column": len(text) + 1} | span
    finding = Finding("VIS999", "rule", Severity.ERROR, "message", "fc", location=Location("case.py", **span))
    rows = render(report(replace(finding, label=label, related=related)), replace(view, quiet=True)).splitlines()
    return rows[rows.index("  |") + 1 : -1]


def test_a_finding_with_two_places_in_one_file(view: View) -> None:
    """Both lines stand in one snippet, the finding's own under carets, the other under dashes."""
    assert (
        render(report(RECYCLED), view)
        == """\
VIS110 recycled-layer [info]: `relu` is called 2 times, a cycle in the module graph
  --> model.py:10:13   relu (ReLU)
   |
10 |         x = self.relu(x)
   |             ^^^^^^^^^^^^ call 1: relu → fc
11 |         x = self.fc(x)
12 |         return self.relu(x)
   |                ------------ call 2: fc → relu
   = help: nothing is shared between the calls; one nn.ReLU() per call makes the graph read as written

Found 1 finding in 1 model (1 info).
"""
    )


def test_several_findings_are_counted_by_severity(view: View) -> None:
    """Findings follow each other, one without a place names its model, the last line counts them."""
    assert (
        render(report(UNUSED, ABSENT), view)
        == """\
VIS102 unused-parameter [warning]: `fc.bias` is read by no op
 --> model.py:6:9   fc (Linear)
  |
6 |         self.fc = nn.Linear(8, 8)
  |         ^^^^^^^^^^^^^^^^^^^^^^^^^

VIS402 absent-module [error]: no module is a `Dropout`
 --> Net

Found 2 findings in 1 model (1 error, 1 warning).
"""
    )


def test_nothing_found(view: View) -> None:
    """A clean report is one line that says how much was looked at."""
    assert render(report(), view) == "All clear: 1 model, 2 rules.\n"


def test_nothing_could_be_linted(view: View) -> None:
    """Without any model nothing is claimed, neither findings nor their absence."""
    assert render(replace(report(models=()), broken=(Broken("x.py", "no such file"),)), view) == ""


def test_a_broken_target_beside_a_clean_model(view: View) -> None:
    """With a broken target, the summary does not say that all is clear."""
    broken = replace(report(), broken=(Broken("x.py", "no such file"),))
    assert render(broken, view) == "No findings in 1 model; 1 target could not be linted.\n"


def test_findings_of_several_models_stand_under_their_names(view: View) -> None:
    """With several models, each that has findings is a heading."""
    second = replace(ABSENT, model="b.py::Net")
    rows = render(report(ABSENT, second, models=("model.py::Net", "b.py::Net", "c.py::Net")), view).splitlines()
    assert rows == [
        "model.py::Net  1 finding",
        "",
        "VIS402 absent-module [error]: no module is a `Dropout`",
        " --> Net",
        "",
        "b.py::Net  1 finding",
        "",
        "VIS402 absent-module [error]: no module is a `Dropout`",
        " --> Net",
        "",
        "Found 2 findings in 3 models (2 errors).",
    ]


def test_the_counting_is_broken_on_a_narrow_terminal(view: View) -> None:
    """The last line is broken between words where it does not fit."""
    rows = render(report(UNUSED, ABSENT), replace(view, width=40)).splitlines()
    assert rows[-2:] == ["Found 2 findings in 1 model (1 error, 1", "warning)."]


def test_quiet_leaves_the_counting_out(view: View) -> None:
    """With ``quiet`` a clean report is empty."""
    assert render(report(), replace(view, quiet=True)) == ""


def test_statistics_count_findings_by_rule(view: View) -> None:
    """A table by rule, the most frequent first, stands in place of the findings."""
    rendered = render(report(ABSENT, UNUSED, replace(UNUSED, module="relu")), replace(view, statistics=True))
    assert rendered.splitlines() == [
        "2  VIS102  unused-parameter  [warning]",
        "1  VIS402  absent-module     [error]",
        "",
        "Found 3 findings in 1 model (1 error, 2 warnings).",
    ]


def test_paths_are_as_the_reader_would_write_them(view: View) -> None:
    """A path of the project is shown from the reader's folder, and whole when it lies elsewhere."""
    above, beside = replace(view, folder=view.root.parent), replace(view, folder=view.root / "docs")
    assert f" --> {view.root.name}/model.py:6:9 " in render(report(UNUSED), above)
    assert f" --> {view.root}/model.py:6:9 " in render(report(UNUSED), beside)


def test_colour_is_for_findings(view: View) -> None:
    """Code and span are in the colour of the severity, what is known is dim."""
    assert render(report(UNUSED), replace(view, color=True)).splitlines()[:5] == [
        "\x1b[1;33mVIS102 unused-parameter [warning]\x1b[0m\x1b[1m: `fc.bias` is read by no op\x1b[0m",
        "\x1b[2m --> \x1b[0mmodel.py:6:9\x1b[2m   fc (Linear)\x1b[0m",
        "\x1b[2m  |\x1b[0m",
        "\x1b[2m6 |\x1b[0m         self.fc = nn.Linear(8, 8)",
        "\x1b[2m  |\x1b[0m\x1b[1;33m         ^^^^^^^^^^^^^^^^^^^^^^^^^\x1b[0m",
    ]


def test_every_glyph_has_an_ascii_twin(view: View) -> None:
    """In ASCII, arrows and other signs are spelled, whatever has no twin is written out."""
    finding = replace(RECYCLED, message="→ × … 層", help="a — b")
    rendered = render(report(finding), replace(view, ascii=True))
    assert rendered.isascii()
    assert "-> x ... \\u5c64" in rendered
    assert "help: a -- b" in rendered


def test_names_cannot_steer_the_terminal(view: View) -> None:
    """Control characters, markup and lone surrogates in names are shown, not obeyed."""
    finding = replace(ABSENT, message="\x1b[31mred\x07 [/b] Net/Linear[fc] \udc80 \u202e a\nb", help="[bold]x")
    rows = render(report(finding), view).splitlines()
    assert rows[0].endswith(r": \x1b[31mred\x07 [/b] Net/Linear[fc] \udc80 \u202e a\nb")
    assert rows[2].endswith("= help: [bold]x")


# -- snippets ----------------------------------------------------------------------------------


def test_tabs_and_wide_characters_keep_the_caret_in_place(view: View) -> None:
    """Columns on the screen are counted, not characters: a tab fills up to 4, a CJK character is 2 wide."""
    assert _snippet("\ty = '層'; fc(x)", view, column=11, end_column=16) == [
        "1 |     y = '層'; fc(x)",
        "  |               ^^^^^ here",
    ]


def test_control_characters_in_the_source_are_shown(view: View) -> None:
    """An escape in a source line is written out, and the caret moves along."""
    assert _snippet("'\x1b[0m'; fc(x)", view, column=9, end_column=14) == [
        r"1 | '\x1b[0m'; fc(x)",
        "  |            ^^^^^ here",
    ]


def test_distant_lines_are_parted_by_dots(view: View) -> None:
    """Lines between two marked ones are left out; an earlier place comes first though it is not the finding's own."""
    other = Related("there", Location("case.py", 1, 1, 1, 2))
    assert _snippet("a\nb\nc\nd\n", view, other, line=4, column=1, end_line=4, end_column=2) == [
        "1 | a",
        "  | - there",
        "...",
        "4 | d",
        "  | ^ here",
    ]


def test_two_spans_of_one_line_have_a_row_each(view: View) -> None:
    """Two calls on one line are underlined one below the other."""
    inner = Related("call 1", Location("case.py", 1, 6, 1, 13))
    assert _snippet("relu(relu(x))", view, inner, label="call 2", end_column=14) == [
        "1 | relu(relu(x))",
        "  | ^^^^^^^^^^^^^ call 2",
        "  |      ------- call 1",
    ]


def test_a_span_of_several_lines_is_underlined_on_its_first(view: View) -> None:
    """A call over several lines is marked to the end of its first line."""
    assert _snippet("  fc(\n    x,\n  )", view, column=3, end_line=3, end_column=4) == ["1 |   fc(", "  |   ^^^ here"]


def test_a_place_without_columns_underlines_the_text(view: View) -> None:
    """Where only the line is known, what is written on it is underlined."""
    assert _snippet("  fc(x)  ", view, column=0, end_line=0, end_column=0) == ["1 |   fc(x)", "  |   ^^^^^ here"]


def test_a_place_without_an_end_is_underlined_to_the_end_of_the_line(view: View) -> None:
    """Where only the start is known, as of a class, what follows on the line is underlined."""
    assert _snippet("  fc(x)", view, column=3, end_line=0, end_column=0) == ["1 |   fc(x)", "  |   ^^^^^ here"]


def test_columns_behind_the_line_do_not_break_it(view: View) -> None:
    """A file that has changed since the capture still gives a row with a caret."""
    assert _snippet("fc", view, column=90, end_column=95) == ["1 | fc", "  |   ^ here"]


def test_a_long_line_is_cut_around_its_span(view: View) -> None:
    """On a narrow terminal a long line loses its far ends, never its span."""
    narrow = replace(view, width=40)
    assert _snippet(f"y = {'a + ' * 20}fc(x){' + b' * 20}", narrow, column=85, end_column=90) == [
        "1 | …+ a + a + a + fc(x) + b + b + b + …",
        "  |                ^^^^^ here",
    ]


def test_a_long_line_is_cut_on_the_right_where_its_span_is_on_the_left(view: View) -> None:
    """A span near the start keeps the start of its line; in ASCII, the cut is three dots."""
    narrow = replace(view, width=40, ascii=True)
    assert _snippet(f"fc(x){' + b' * 20}", narrow, end_column=6) == [
        "1 | fc(x) + b + b + b + b + b + b ...",
        "  | ^^^^^ here",
    ]


def test_a_long_line_is_shown_again_for_a_span_that_was_cut_off(view: View) -> None:
    """Two spans that no one excerpt can show have an excerpt each."""
    far = Related("there", Location("case.py", 1, 47, 1, 52))
    assert _snippet(f"fc(x) = {'a + ' * 9}, fc(y)", replace(view, width=40), far, end_column=6) == [
        "1 | fc(x) = a + a + a + a + a + a + a …",
        "  | ^^^^^ here",
        "1 | … + a + a + a + a + a + a + , fc(y)",
        "  |                               -----",
        "  |                               there",
    ]


def test_a_long_word_in_a_label_stays_whole(view: View) -> None:
    """A label begins further left than its span where a word of it would not fit."""
    label = f"call 1: {'long' * 8}"
    assert _snippet("fc(x); fc(y)", replace(view, width=40), label=label, column=8, end_column=13) == [
        "1 | fc(x); fc(y)",
        "  |        ^^^^^",
        "  |     call 1:",
        f"  |     {'long' * 8}",
    ]


def test_a_long_label_goes_below_its_span(view: View) -> None:
    """A label that does not fit beside its span stands below it, broken at spaces."""
    assert _snippet("  fc(x)", replace(view, width=40), label="word " * 10, column=3, end_column=8) == [
        "1 |   fc(x)",
        "  |   ^^^^^",
        "  |   word word word word word word word",
        "  |   word word word",
    ]


def test_messages_and_help_are_broken_at_spaces(view: View) -> None:
    """On a narrow terminal the message and the help go on below themselves."""
    finding = replace(ABSENT, message="some words that are too many for it", help="more words than fit")
    rows = render(report(finding), replace(view, width=30)).splitlines()
    assert rows[:6] == [
        "VIS402 absent-module [error]:",
        "some words that are too many",
        "for it",
        " --> Net",
        "  = help: more words than fit",
        "",
    ]


def test_another_file_has_an_arrow_and_a_snippet_of_its_own(view: View) -> None:
    """Places in another file stand below, under an arrow that names it."""
    (view.root / "other.py").write_text("import x\n", encoding="utf-8")
    other = Related("the twin", Location("other.py", 1, 8, 1, 9), "twin")
    assert _snippet("fc(x)", view, other) == [
        "1 | fc(x)",
        "  | ^^^^^ here",
        " --> other.py:1:8",
        "  |",
        "1 | import x",
        "  |        - the twin",
    ]


def test_a_place_that_is_no_file_is_named_alone(view: View) -> None:
    """Where the source cannot be read, the arrow is all there is."""
    finding = replace(UNUSED, location=Location("<string>", 3, 1), related=(Related("shares it", module="relu"),))
    assert render(report(finding), replace(view, quiet=True)).splitlines() == [
        "VIS102 unused-parameter [warning]: `fc.bias` is read by no op",
        " --> <string>:3:1   fc (Linear)",
        "  = note: relu: shares it",
        "",
    ]
