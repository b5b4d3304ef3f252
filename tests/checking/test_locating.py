"""Findings at the user's own lines."""

from pathlib import Path

import pytest

from tests.checking.made_up import EveryModule, EveryModuleOfTheModel, captured, module, topology
from visunn_lint.checking.locating import Locator
from visunn_lint.finding import Finding, Related
from visunn_lint.location import Location
from visunn_lint.records import Call, Failure, Module, Node
from visunn_lint.topology import CapturedModel

ROOT = Path("/project")
LIBRARY = "/venv/lib/python3.11/site-packages/lib/net.py"
OWN = Locator(ROOT)


def _about(where: Module | Node | str, *related: Location) -> Finding:
    return EveryModule().finding(where, "bad", label="here", related=tuple(Related("there", each) for each in related))


def test_a_line_of_the_project_is_relative_to_its_root() -> None:
    """So are the related ones; a file elsewhere keeps its whole path."""
    finding = _about(module("a"), Location("/project/sub/b.py", 2), Location("/elsewhere/c.py", 3))
    located = OWN.locate(EveryModule(), captured(module("a")), finding)
    assert located is not None
    assert located.location == Location("net.py", 1)
    assert [each.location for each in located.related] == [Location("sub/b.py", 2), Location("/elsewhere/c.py", 3)]


def test_columns_count_characters(tmp_path: Path) -> None:
    """As editors do; Python counts bytes."""
    (tmp_path / "net.py").write_text("# fällt\nfwd(入力, größe)\n", encoding="utf-8")
    file = str(tmp_path / "net.py")
    finding = EveryModule().finding("a", "bad", location=Location(file, 2, 13, 2, 20), related=(
        Related("there", Location(file, 2, 5, 2, 11)), Related("there", Location(file, 2, 1, 2, 4)),
        Related("there", Location(file, 1, 3)), Related("there", Location(file, 2)),
    ))  # fmt: skip
    located = Locator(tmp_path).locate(EveryModule(), captured(), finding)
    assert located is not None
    assert located.location == Location("net.py", 2, 9, 2, 14)
    assert [each.location for each in located.related] == [
        Location("net.py", 2, 5, 2, 7), Location("net.py", 2, 1, 2, 4), Location("net.py", 1, 3), Location("net.py", 2)
    ]  # fmt: skip


def test_what_lies_wholly_in_a_library_is_hidden() -> None:
    """Unless installed packages are included."""
    finding = _about(module("a", LIBRARY), Location(LIBRARY, 5))
    assert OWN.locate(EveryModule(), captured(module("a", LIBRARY)), finding) is None
    shown = Locator(ROOT, include_installed=True).locate(EveryModule(), captured(module("a", LIBRARY)), finding)
    assert shown is not None
    assert shown.location == Location("main.py", 9)


def test_a_related_line_of_the_project_becomes_the_place() -> None:
    """The library's line is kept among the related, with its label."""
    finding = _about(module("a", LIBRARY, 4), Location("/project/net.py", 7), Location(LIBRARY, 5))
    located = OWN.locate(EveryModule(), captured(), finding)
    assert located is not None
    assert (located.location, located.label) == (Location("net.py", 7), "there")
    assert located.related == (Related("here", Location(LIBRARY, 4), "a"), Related("there", Location(LIBRARY, 5)))


def test_a_finding_about_the_model_is_at_the_line_that_builds_the_library_module() -> None:
    """That of the closest module around it that the project builds."""
    inner = module("a.b", LIBRARY, 4)
    model = CapturedModel("net", eval=topology([module("a", line=3), inner]))
    located = OWN.locate(EveryModuleOfTheModel(), model, _about(inner))
    assert located is not None
    assert (located.location, located.related) == (
        Location("net.py", 3), (Related("here", Location(LIBRARY, 4), "a.b"),)
    )  # fmt: skip


def test_a_finding_about_an_op_is_at_the_line_that_calls_the_library() -> None:
    """That of the innermost call that the project makes, in the capture that has the op."""
    outer = Call("a", 0, (), (), Location("/project/main.py", 6))
    inner = Call("a.b", 0, (), (), Location(LIBRARY, 2), ("a", 0))
    node = Node("op", "aten::relu", "op", "a.b", 0, source=Location(LIBRARY, 1))
    modules = [module("a", line=3, calls=(outer,)), module("a.b", LIBRARY, 4, calls=(inner,))]
    model = CapturedModel("net", eval=topology(modules[:1]), train=topology(modules, [node], mode="train"))
    located = OWN.locate(EveryModuleOfTheModel(), model, _about(node))
    assert located is not None
    assert located.location == Location("main.py", 6)


def test_a_failure_in_a_library_is_at_the_line_that_calls_it() -> None:
    """It has no node, and is found by module and line."""
    call = Call("a", 0, (), (), Location("/project/main.py", 6))
    failure = Failure("a", 0, "aten::relu", (), "RuntimeError", "no", Location(LIBRARY, 1))
    model = CapturedModel("net", eval=topology([module("a", line=3, calls=(call,))], failure=failure))
    finding = EveryModuleOfTheModel().finding("a", "bad", location=failure.source)
    located = OWN.locate(EveryModuleOfTheModel(), model, finding)
    assert located is not None
    assert located.location == Location("main.py", 6)


def test_a_finding_without_a_line_stays() -> None:
    """Nobody knows whose it is."""
    finding = _about("a")
    assert OWN.locate(EveryModule(), captured(), finding) == finding


@pytest.mark.parametrize(("root", "is_shown"), [(Path(LIBRARY).parent, True), (ROOT, False)])
def test_a_project_among_installed_packages_is_still_a_project(root: Path, *, is_shown: bool) -> None:
    """Whoever checks a package where it is installed wants to see its lines."""
    located = Locator(root).locate(EveryModule(), captured(), _about(module("a", LIBRARY)))
    assert (located is not None) == is_shown
