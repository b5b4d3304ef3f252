"""The reports that each format is compared on; `python -m tests.render.golden` writes the golden files anew."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.render.fake_report import ABSENT, RECYCLED, UNUSED, report, write_model
from visunn_lint.finding import Broken, Finding, Related, Report, RuleInfo, Severity, SkippedRule, Suppression
from visunn_lint.location import Location
from visunn_lint.render import View, report_formats

FOLDER = Path(__file__).parent.parent / "golden" / "formats"

CRASHED = Finding(
    code="VIS900",
    rule="rule-crashed",
    severity=Severity.ERROR,
    message="VIS301 bias-before-norm crashed: KeyError: 'fc'",
    help="please report this bug; until it is mended: --ignore VIS301",
    model="model.py::Net",
)

_PAGE = "# recycled-layer (VIS110)\n\n## What it does\n\nA module called twice.\n\n```python\nself.relu(x)\n```\n"
_SEVERAL_LINES = replace(UNUSED, message="over several lines", module="", location=Location("model.py", 9, 5, 12, 28))
_LINE_ALONE = replace(UNUSED, message="a line and no column", location=Location("model.py", 11), label="here")
_INSTALLED = replace(UNUSED, message="in a library", location=Location("/opt/lib/torch net.py", 3, 1, 3, 9))
_NOWHERE = replace(ABSENT, module="fc", related=(Related("also here", None, "relu"),))

_HOSTILE_NAMES = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[click](javascript:alert(1))",
    "![x](http://example.com/x.png) <a href='javascript:alert(1)'>x</a>",
    "left \u202e right",
    "nul \0 bell \a",
    "surrogate \udc80 noncharacter \uffff",
    "\x1b[31mred\x1b[0m",
    "[bold]rich[/bold] [/nothing]",
    "pipe | `tick` ``ticks`` \\ *star* _line_ ~~gone~~ $x$",
    "line\n::error::injected\r%0A::notice::too",
    "]]> --> & &amp; {0} {{1}}",
    "層 😀 é",
)


def _hostile(name: str) -> Finding:
    place = Location(f"nets/{name}.py", 1, 1, 1, 5)
    related = (Related(f"call of {name}", place, name), Related(name, None, name))
    return Finding(
        code="VIS101",
        rule="unused-module",
        severity=Severity.WARNING,
        message=f"`{name}` is never called",
        module=name,
        node=name,
        location=place,
        label=name,
        help=f"call {name}",
        related=related,
        model=f"evil.py::{name}",
    )


def _mixed() -> Report:
    findings = (_LINE_ALONE, UNUSED, _SEVERAL_LINES, RECYCLED, _INSTALLED, ABSENT, _NOWHERE, CRASHED)
    base = report(*findings, models=("model.py::Net", "b.py::Clean"))
    rules = (
        RuleInfo("VIS101", "unused-module", Severity.WARNING, "Nobody calls it.", category="wiring", preview=True),
        *base.rules_run,
        RuleInfo("VIS402", "absent-module", Severity.ERROR, "A required module is not there.", "# absent-module\n"),
    )
    documented = tuple(replace(rule, help=_PAGE) if rule.code == "VIS110" else rule for rule in rules)
    return replace(
        base,
        suppressed=(replace(UNUSED, module="relu", suppression=Suppression("comment", "an older checkpoint has it")),),
        rules_run=documented,
        rules_skipped=(
            SkippedRule("VIS201", "missing-weight-shape", "b.py::Clean has no train capture", "b.py::Clean"),
            SkippedRule("VIS403", "over-budget", "set a budget, such as `params`"),
        ),
        broken=(Broken("c.py", "no such file", "give a file that is there"), Broken("d.py::Net", "no class `Net`")),
    )


def _of_hostile_names() -> Report:
    findings = tuple(map(_hostile, _HOSTILE_NAMES))
    broken = tuple(Broken(name, f"cannot import {name}", f"install {name}") for name in _HOSTILE_NAMES)
    skipped = (SkippedRule("VIS403", "over-budget", "; ".join(_HOSTILE_NAMES)),)
    rules = (RuleInfo("VIS101", "unused-module", Severity.WARNING, "; ".join(_HOSTILE_NAMES)),)
    models = tuple(finding.model for finding in findings)
    return replace(report(*findings, models=models), rules_run=rules, rules_skipped=skipped, broken=broken)


REPORTS = {"clean": report(), "mixed": _mixed(), "hostile": _of_hostile_names()}


def large() -> Report:
    """Return a report of 5,000 findings, and one name of a million characters."""
    long = replace(UNUSED, message=f"`{'x' * 1_000_000}` is never called", module="x" * 1_000_000)
    return report(long, *(replace(UNUSED, message=f"finding {number}") for number in range(4_999)))


def view(folder: Path) -> View:
    """Return how the golden reports are shown: as in a file, in a folder that holds the model."""
    write_model(folder)
    return View(root=folder, folder=folder).for_file()


def rendered(name: str, given: Report, where: View) -> str:
    """Return a report in the format of that name."""
    text: str = import_module(f"visunn_lint.render.{name}").render(given, where)
    return text


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as temporary:
        shown = view(Path(temporary))
        for format_name in report_formats():
            for title, golden in REPORTS.items():
                text = rendered(format_name, golden, shown)
                (FOLDER / f"{title}.{format_name}.txt").write_text(text, encoding="utf-8", newline="")
