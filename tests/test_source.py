"""Source files: their lines, the spans of statements, where attributes are assigned."""

from pathlib import Path

import pytest

from visunn_lint import source
from visunn_lint.location import Location
from visunn_lint.source import Comment

MODEL = '''\
"""A model."""
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.ReLU(), nn.ReLU()
        self.größe = nn.Linear(1, 1); self.fc = nn.Linear(
            1, 2,
        )
        self.typed: nn.Module = nn.ReLU()
        self.declared: nn.Module
        self.add_module("added", nn.ReLU())
        if True:
            self.register_module(name="named", module=nn.ReLU())

class Outer:
    class Inner(nn.Module):
        def __init__(self):
            self.fc = 1

def build():
    class Inner(nn.Module):
        def __init__(self):
            self.fc = 2
    return Inner()
'''


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return the path of a file that holds MODEL."""
    path = tmp_path / "model.py"
    path.write_text(MODEL, encoding="utf-8")
    return str(path)


def test_lines_are_without_their_ends(tmp_path: Path) -> None:
    """Every kind of line end is one, and a form feed is none."""
    path = tmp_path / "ends.py"
    path.write_bytes(b"a\r\nb\rc\x0cd\ne")
    assert source.lines(str(path)) == ("a", "b", "c\x0cd", "e")


def test_the_declared_encoding_is_used(tmp_path: Path) -> None:
    """A coding cookie says how the file is read."""
    path = tmp_path / "latin.py"
    path.write_bytes("# -*- coding: latin-1 -*-\nx = 'é'".encode("latin-1"))
    assert source.line(str(path), 2) == "x = 'é'"


@pytest.mark.parametrize("data", [b"x = '\xff'", b"# coding: nonsense\nx = '\xff'"])
def test_bytes_that_do_not_fit_are_replaced(tmp_path: Path, data: bytes) -> None:
    """A file in a wrong or unknown encoding is still shown."""
    path = tmp_path / "broken.py"
    path.write_bytes(data)
    assert source.lines(str(path))[-1] == "x = '\ufffd'"


@pytest.mark.parametrize("name", ["missing.py", "", "<string>", "nul\0byte.py"])
def test_a_missing_file_has_no_lines(name: str) -> None:
    """What cannot be read has no lines, no statements and no assignments."""
    assert source.lines(name) == ()
    assert source.line(name, 1) is None
    assert source.statement_span(name, 1) is None
    assert source.assignment_line(name, "Net", "fc") is None


def test_a_file_is_read_once(tmp_path: Path) -> None:
    """A file that changes after it was read is shown as it was."""
    path = tmp_path / "changing.py"
    path.write_text("before")
    assert source.lines(str(path)) == ("before",)
    path.write_text("after")
    assert source.lines(str(path)) == ("before",)


@pytest.mark.parametrize(
    ("attribute", "span"),
    [
        ("second", (7, 9, 7, 55)),
        ("größe", (8, 9, 8, 37)),
        ("fc", (8, 39, 10, 10)),
        ("typed", (11, 9, 11, 42)),
        ("added", (13, 9, 13, 44)),
        ("named", (15, 13, 15, 65)),
    ],
)
def test_assignments_are_found(file: str, attribute: str, span: tuple[int, int, int, int]) -> None:
    """Assignments, annotated ones and registrations are found; in characters, the columns are what editors show."""
    place = source.assignment_line(file, "Net", attribute)
    assert place is not None
    assert source.in_characters(place) == Location(file, *span)


@pytest.mark.parametrize("attribute", ["absent", "declared", "super"])
def test_what_is_not_assigned_is_nowhere(file: str, attribute: str) -> None:
    """An annotation without a value assigns nothing."""
    assert source.assignment_line(file, "Net", attribute) is None


@pytest.mark.parametrize(("name", "number"), [("Outer.Inner", 20), ("build.<locals>.Inner", 25), ("Inner", 20)])
def test_classes_go_by_qualified_name(file: str, name: str, number: int) -> None:
    """Two classes of one name are told apart by what they are defined in; a bare name means the first."""
    location = source.assignment_line(file, name, "fc")
    assert location is not None
    assert location.line == number


def test_a_file_with_a_syntax_error_assigns_nothing(tmp_path: Path) -> None:
    """Lines of a broken file can be read, its structure cannot."""
    path = tmp_path / "broken.py"
    path.write_text("class Net:\n  def")
    assert source.assignment_line(str(path), "Net", "fc") is None
    assert source.line(str(path), 1) == "class Net:"


@pytest.mark.parametrize(("number", "span"), [(9, (8, 10)), (4, (4, 4)), (14, (14, 14)), (3, None), (26, (26, 26))])
def test_a_line_belongs_to_its_innermost_statement(file: str, number: int, span: tuple[int, int] | None) -> None:
    """A line inside a call belongs to the whole statement; a body does not belong to its ``if``."""
    assert source.statement_span(file, number) == span


@pytest.mark.parametrize(("number", "span"), [(8, (4, 15)), (20, (18, 20)), (24, (23, 25)), (26, (22, 26)), (2, None)])
def test_a_line_lies_in_the_innermost_class_else_in_a_function(
    file: str, number: int, span: tuple[int, int] | None
) -> None:
    """A method belongs to its class; a class within a function counts before the function."""
    assert source.scope_span(file, number) == span


def test_comments_are_found_by_tokens(tmp_path: Path) -> None:
    """With their columns in characters, and whether code stands before them; strings hold none."""
    path = tmp_path / "commented.py"
    path.write_text("# first\nx = 'é # none'  # second\n\t# third\n", encoding="utf-8")
    assert source.comments(str(path)) == (
        Comment(1, 1, "# first", is_alone=True),
        Comment(2, 17, "# second", is_alone=False),
        Comment(3, 2, "# third", is_alone=True),
    )


def test_files_can_be_read_again(tmp_path: Path) -> None:
    """Whoever writes a file says so."""
    path = tmp_path / "changing.py"
    path.write_text("x = 1  # before")
    assert source.comments(str(path))[0].text == "# before"
    path.write_text("x = 1  # after")
    source.forget()
    assert source.comments(str(path))[0].text == "# after"


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    """A notebook lives on while files are edited; nothing is read again that has stayed as it was."""
    file = tmp_path / "net.py"
    file.write_text("x = 1\n")
    before, spans = source.lines(str(file)), source.statement_spans(str(file))
    source.refresh()
    assert source.lines(str(file)) is before
    file.write_text("x = (\n1)\n")
    source.refresh()
    assert (spans, source.statement_spans(str(file))) == (((1, 1),), ((1, 2),))
