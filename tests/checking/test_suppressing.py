"""Reports without what comments and the baseline suppress, and with what is wrong about these."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.checking.made_up import EveryModule, captured, module
from visunn_lint import source
from visunn_lint.checking import add_ignores, run_rules, suppress, update_baseline
from visunn_lint.config import Settings
from visunn_lint.errors import ConfigError
from visunn_lint.finding import Broken, Suppression
from visunn_lint.rules.stale_baseline import StaleBaseline
from visunn_lint.rules.unknown_code import UnknownCode
from visunn_lint.rules.unused_suppression import UnusedSuppression

if TYPE_CHECKING:
    from pathlib import Path

    from visunn_lint.finding import Report
    from visunn_lint.topology import CapturedModel

SOURCE = """\
class Net:
    def __init__(self):
        self.a = 1
        self.b = 2

class Other:
    def __init__(self):
        self.c = 3
"""


@pytest.fixture(autouse=True)
def _rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one made-up rule and those about visunn itself be all that there are."""
    rules = (EveryModule, UnusedSuppression, UnknownCode, StaleBaseline)
    for place in ("visunn_lint.checking.selection.discover", "visunn_lint.checking.suppressing.discover"):
        monkeypatch.setattr(place, lambda: rules)


def _report(folder: Path, text: str = SOURCE, name: str = "net.py::Net") -> Report:
    """Return what is found in a model with modules `a` and `b`, which the lines 3 and 4 of a text build."""
    path = folder / "net.py"
    path.write_text(text, encoding="utf-8")
    source.forget()
    return run_rules([_model(str(path), name)], Settings(root=folder))


def _model(file: str, name: str) -> CapturedModel:
    rows = [number for number, line in enumerate(source.lines(file), 1) if "self." in line]
    return captured(module("a", file, rows[0]), module("b", file, rows[1]), name=name)


def _told(report: Report) -> list[tuple[str, str, int]]:
    return [(each.code, each.message, each.location.line if each.location else 0) for each in report.findings]


def _suppressed(report: Report) -> list[tuple[str, Suppression | None]]:
    return [(each.message, each.suppression) for each in report.suppressed]


# -- comments --------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["VIS190", "every-module"])
def test_a_comment_suppresses_by_code_and_by_name(tmp_path: Path, rule: str) -> None:
    """Its reason is kept; other findings still count."""
    text = SOURCE.replace("self.a = 1", f"self.a = 1  # visunn: ignore[{rule}] it is fine")
    report = suppress(_report(tmp_path, text), Settings(root=tmp_path), [tmp_path])
    assert _told(report) == [("VIS190", "`b`", 4)]
    assert _suppressed(report) == [("`a`", Suppression("comment", "it is fine"))]
    assert report.suppression_counts() == {"comment": 1}


def test_a_comment_for_the_file_suppresses_all_of_it(tmp_path: Path) -> None:
    """Wherever it stands in the file."""
    report = suppress(
        _report(tmp_path, SOURCE + "# visunn: ignore-file[VIS190]\n"), Settings(root=tmp_path), [tmp_path]
    )
    assert (_told(report), len(report.suppressed)) == ([], 2)


def test_a_comment_where_a_module_is_built_speaks_of_it_wherever_it_is_found(tmp_path: Path) -> None:
    """A finding about a module may be told at a line that calls it."""
    text = SOURCE.replace("self.a = 1", "self.a = 1  # visunn: ignore[VIS190]")
    report = _report(tmp_path, text)
    elsewhere = [replace(each, location=each.location and replace(each.location, line=1)) for each in report.findings]
    moved = suppress(replace(report, findings=tuple(elsewhere)), Settings(root=tmp_path))
    assert [each.module for each in moved.findings] == ["b"]
    op = tuple(replace(each, node="aten::relu") for each in elsewhere)
    assert len(suppress(replace(report, findings=op), Settings(root=tmp_path)).findings) == 2


def test_comments_in_installed_packages_suppress_nothing(tmp_path: Path) -> None:
    """Nobody can be asked to write them there, and nobody who reads the project would see them."""
    library = tmp_path / "site-packages"
    library.mkdir()
    report = _report(library, SOURCE.replace("= 1", "= 1  # visunn: ignore[VIS190, VIS777]"))
    settings = Settings(root=tmp_path, include_installed=True)
    shown = run_rules([_model(str(library / "net.py"), "net")], settings)
    assert report.findings
    assert suppress(shown, settings, [tmp_path]).findings == shown.findings
    assert add_ignores(shown, settings) == (0, 0)


# -- comments that suppress nothing ----------------------------------------------------------

UNUSED = SOURCE.replace("    def", "    # visunn: ignore[VIS190]\n    def", 1)
"""A comment on a wrong line of a class that the model runs."""


def test_a_comment_that_suppresses_nothing_is_told(tmp_path: Path) -> None:
    """At the comment, as a finding of the model that ran the file."""
    report = suppress(_report(tmp_path, UNUSED), Settings(root=tmp_path), [tmp_path])
    found = next(each for each in report.findings if each.code == "VIS901")
    assert found.message == "`VIS190` finds nothing that this comment could suppress"
    assert found.model == "net.py::Net"
    assert found.location is not None
    assert (found.location.file, found.location.line, found.location.column, found.location.end_column) == (
        "net.py", 2, 5, 29
    )  # fmt: skip


@pytest.mark.parametrize("covered", [[], ["other.py"], ["other"]])
def test_it_is_not_told_where_not_all_models_were_checked(tmp_path: Path, covered: list[str]) -> None:
    """Another model may have the finding that the comment is for."""
    report = suppress(_report(tmp_path, UNUSED), Settings(root=tmp_path), [tmp_path / name for name in covered])
    assert [each.code for each in report.findings] == ["VIS190", "VIS190"]


def test_it_is_not_told_where_a_model_broke_or_a_rule_did_not_run(tmp_path: Path) -> None:
    """What would have been found is not known."""
    report = _report(tmp_path, UNUSED)
    for incomplete in (
        replace(report, broken=(Broken("other.py", "no"),)),
        replace(report, rules_run=tuple(rule for rule in report.rules_run if rule.code != "VIS190")),
        replace(report, rules_run=tuple(rule for rule in report.rules_run if rule.code != "VIS901")),
    ):
        codes = [each.code for each in suppress(incomplete, Settings(root=tmp_path), [tmp_path]).findings]
        assert codes == ["VIS190", "VIS190"]


def test_it_is_not_told_in_code_that_no_model_ran(tmp_path: Path) -> None:
    """A class that was not captured has no findings to suppress yet."""
    text = SOURCE.replace("self.c = 3", "self.c = 3  # visunn: ignore[VIS190]")
    report = suppress(_report(tmp_path, text), Settings(root=tmp_path), [tmp_path])
    assert [each.code for each in report.findings] == ["VIS190", "VIS190"]


def test_a_comment_may_keep_itself(tmp_path: Path) -> None:
    """`VIS901` in a comment lets the others in it stand, and is never called unused itself."""
    report = suppress(
        _report(tmp_path, UNUSED.replace("[VIS190]", "[VIS190, VIS901]")), Settings(root=tmp_path), [tmp_path]
    )
    assert [each.code for each in report.findings] == ["VIS190", "VIS190"]
    assert [each.code for each in report.suppressed] == ["VIS901"]


@pytest.mark.parametrize(
    ("comment", "message", "advice"),
    [
        ("ignore[VIS1900]", "no rule is called `VIS1900`", "did you mean `VIS190`?"),
        ("ignore[vis190]", "no rule is called `vis190`", "did you mean `VIS190`?"),
        ("ignore[every-modul]", "no rule is called `every-modul`", "did you mean `every-module`?"),
        (
            "ignore[xyz]",
            "no rule is called `xyz`",
            "`visunn rule` lists the rules; write # visunn: ignore[VIS301] reason",
        ),
        (
            "ingore[VIS190]",
            "`# visunn: ingore` suppresses nothing: that is not how it is spelt",
            "write `# visunn: ignore[VIS190]`",
        ),
    ],
)
def test_a_comment_that_cannot_suppress_is_told(tmp_path: Path, comment: str, message: str, advice: str) -> None:
    """With what to write instead; the finding that it is for still counts."""
    text = SOURCE.replace("self.a = 1", f"self.a = 1  # visunn: {comment}")
    report = suppress(_report(tmp_path, text), Settings(root=tmp_path))
    assert [(each.code, each.message) for each in report.findings] == [
        ("VIS190", "`a`"),
        ("VIS902", message),
        ("VIS190", "`b`"),
    ]
    assert report.findings[1].help == advice


# -- writing comments ------------------------------------------------------------------------


def test_written_comments_suppress_every_finding(tmp_path: Path) -> None:
    """One comment a line, with the reason; the same report is then clean, and so is a new one."""
    settings = Settings(root=tmp_path)
    report = _report(tmp_path)
    assert add_ignores(report, settings, "known") == (2, 1)
    assert source.lines(str(tmp_path / "net.py"))[2:4] == (
        "        self.a = 1  # visunn: ignore[VIS190] known",
        "        self.b = 2  # visunn: ignore[VIS190] known",
    )
    assert suppress(report, settings, [tmp_path]).findings == ()
    again = suppress(run_rules([_model(str(tmp_path / "net.py"), "net")], settings), settings, [tmp_path])
    assert again.findings == ()
    assert add_ignores(again, settings) == (0, 0)


def test_no_comment_is_written_for_what_has_no_line(tmp_path: Path) -> None:
    """Nor for findings about visunn itself."""
    report = _report(tmp_path)
    first, second = report.findings
    odd = (replace(first, location=None), replace(second, code="VIS902"))
    assert add_ignores(replace(report, findings=odd), Settings(root=tmp_path)) == (0, 0)


# -- the baseline ----------------------------------------------------------------------------


def _settings(folder: Path) -> Settings:
    return Settings(root=folder, baseline=str(folder / "known.json"))


def test_a_baseline_suppresses_what_it_holds(tmp_path: Path) -> None:
    """Also on other lines, from another folder, and beside comments; what is new counts."""
    report = _report(tmp_path)
    assert update_baseline(replace(report, findings=report.findings[:1]), _settings(tmp_path)) == (1, 1, 0)
    moved = _report(tmp_path, "\n\n" + SOURCE)
    found = suppress(moved, _settings(tmp_path))
    assert _told(found) == [("VIS190", "`b`", 6)]
    assert _suppressed(found) == [("`a`", Suppression("baseline"))]


def test_a_baseline_is_written_in_a_stable_order_and_without_lines(tmp_path: Path) -> None:
    """By model, rule and module, so that it merges well; the same findings are the same bytes."""
    update_baseline(_report(tmp_path), _settings(tmp_path))
    text = (tmp_path / "known.json").read_text(encoding="utf-8")
    report = _report(tmp_path, "\n" + SOURCE)
    update_baseline(replace(report, findings=report.findings[::-1]), _settings(tmp_path))
    assert (tmp_path / "known.json").read_text(encoding="utf-8") == text
    assert text.startswith('{\n  "version": 1,\n  "findings": {\n    "')
    assert text.count('"model": "net.py::Net"') == 2


def test_the_folder_that_a_model_is_named_from_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The baseline knows models as seen from the project's root."""
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    update_baseline(_report(tmp_path, name="sub/net.py::Net"), _settings(tmp_path))
    monkeypatch.chdir(tmp_path / "sub")
    assert suppress(_report(tmp_path, name="net.py::Net"), _settings(tmp_path)).findings == ()


def test_what_is_gone_from_a_model_is_told(tmp_path: Path) -> None:
    """As one finding about the file."""
    report = _report(tmp_path)
    update_baseline(report, _settings(tmp_path))
    found = suppress(replace(report, findings=()), _settings(tmp_path))
    gone = "VIS190 of `a` in net.py::Net, VIS190 of `b` in net.py::Net"
    assert [(each.code, each.message, str(each.location)) for each in found.findings] == [
        (
            "VIS903",
            f"the baseline holds 2 findings that are no longer there: {gone}",
            "known.json",
        )
    ]


def test_what_was_not_checked_is_not_gone(tmp_path: Path) -> None:
    """Other models, other rules: neither stale nor taken out, unless their whole file was checked."""
    settings = _settings(tmp_path)
    update_baseline(_report(tmp_path, name="old.py::Net"), settings)
    report = replace(_report(tmp_path), findings=())
    assert suppress(report, settings).findings == ()
    assert update_baseline(report, settings) == (2, 0, 0)
    assert suppress(report, settings, [tmp_path / "net.py"]).findings == ()
    for covered in (tmp_path, tmp_path / "old.py"):
        assert [each.code for each in suppress(report, settings, [covered]).findings] == ["VIS903"]
    unrun = replace(report, rules_run=tuple(rule for rule in report.rules_run if rule.code != "VIS190"))
    assert suppress(unrun, settings, [tmp_path]).findings == ()
    assert update_baseline(report, settings, [tmp_path]) == (0, 0, 2)


def test_a_baseline_holds_nothing_about_visunn(tmp_path: Path) -> None:
    """A broken comment is to be mended."""
    report = _report(tmp_path)
    odd = (replace(report.findings[0], code="VIS902"),)
    assert update_baseline(replace(report, findings=odd), _settings(tmp_path)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot read the baseline .*known.json: No such file or directory"),
        ("{", "known.json is not a baseline: "),
        ('{"version": 1, "findings": []}', "known.json is not a baseline: "),
        ('{"version": 2, "findings": {}}', "known.json is a baseline of version 2, this visunn reads version 1"),
    ],
)
def test_a_baseline_that_cannot_be_read_is_an_error(tmp_path: Path, text: str | None, message: str) -> None:
    """Going on without it would fail a build for what is known."""
    if text is not None:
        (tmp_path / "known.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        suppress(_report(tmp_path), _settings(tmp_path))
