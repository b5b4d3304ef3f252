"""Comments written into files: what they change, and what they must not."""

import tokenize
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visunn_lint import source
from visunn_lint.errors import VisunnError
from visunn_lint.suppress.comments import Directive, directives
from visunn_lint.suppress.writing import add_comments

STATEMENTS = (
    "x = 1",
    "x = 1; y = 2",
    "x = 1   ",
    "x = (\n\t1,\n\n\t# why\n\t2,\n)",
    "x = 1 + \\\n    2",
    "x = '# visunn: ignore[VIS101]'",
    "x = f'# visunn: {1}'",
    "x = f'''{1}\n# visunn: ignore[VIS101]\n{(\n1)}''' if 1 else 2",
    '"""\n# visunn: ignore[VIS101]\n"""',
    "x = '''\n'''; y = (1,\n2)",
    "x = 1  # noqa: E501",
    "x = 1  # type: ignore[attr-defined]  # noqa",
    "x = 1  # visunn: ignore[VIS110] why",
    "x = 1  # visunn: ignore[VIS110]",
    "# visunn: ignore[VIS110] why\nx = 1",
    "größe = '→ ñ'  # 寸法",
    "@str\n@(\n  str\n)\ndef f(\n\ta=1,\n):\n\treturn a",
    "if x:\n    y = 1\nelif y:\n    y = 2\nelse: y = 3",
    "class A: pass",
    "\x0cx = 1",
    "# a comment",
    "",
)


def _code(data: bytes) -> list[tuple[int, str]]:
    """Return the tokens of a file that Python acts on."""
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.ENCODING}
    return [
        (token.type, token.string) for token in tokenize.tokenize(BytesIO(data).readline) if token.type not in skipped
    ]


def _suppressed(file: str) -> set[tuple[int, str]]:
    """Return each line with each rule that a comment suppresses there."""
    return {
        (line, rule)
        for each in directives(file)
        if isinstance(each, Directive) and each.lines
        for line in range(each.lines[0], each.lines[1] + 1)
        for rule in each.rules
    }


def _forget() -> None:
    source.forget()


@given(st.data())
def test_written_comments_suppress_and_change_no_code(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever a file looks like: each line has its rules, the code is the same, a second time changes nothing."""
    parts = data.draw(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=6))
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig"]))
    text = "\n".join(parts) + data.draw(st.sampled_from(["", "\n", "\n\n"]))
    path = tmp_path_factory.mktemp("written") / "model.py"
    path.write_bytes(text.replace("\n", end).encode(encoding))
    _forget()
    lines = [line for first, last in source.statement_spans(str(path)) for line in range(first, last + 1)]
    if not lines:
        return
    codes = st.sets(st.sampled_from(["VIS101", "VIS110", "VIS301"]), min_size=1)
    wanted = data.draw(st.dictionaries(st.sampled_from(lines), codes, min_size=1))
    before = path.read_bytes()

    add_comments(str(path), wanted, data.draw(st.sampled_from(["", "see #12", "weiß — nicht"])))

    _forget()
    after = path.read_bytes()
    assert {(line, code) for line, found in wanted.items() for code in found} <= _suppressed(str(path))
    assert _code(after) == _code(before)
    assert (after.count(b"\n"), after.count(b"\r")) == (before.count(b"\n"), before.count(b"\r"))
    assert after.startswith(b"\xef\xbb\xbf") == before.startswith(b"\xef\xbb\xbf")
    add_comments(str(path), wanted)
    assert path.read_bytes() == after


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("x = 1\n", 1, "x = 1  # visunn: ignore[VIS101]\n"),
        ("x = 1", 1, "x = 1  # visunn: ignore[VIS101]"),
        ("x = 1  # noqa\r\n", 1, "x = 1  # noqa  # visunn: ignore[VIS101]\r\n"),
        ("x = f(\n  1)\n", 1, "x = f(  # visunn: ignore[VIS101]\n  1)\n"),
        ("x = f(\n  1)\n", 2, "x = f(\n  1)  # visunn: ignore[VIS101]\n"),
        ("x = 1 + \\\n  2\n", 1, "x = 1 + \\\n  2  # visunn: ignore[VIS101]\n"),
        ("x = '''\n'''\n", 1, "x = '''\n'''  # visunn: ignore[VIS101]\n"),
        ("x = 1  # visunn: ignore[VIS301] why\n", 1, "x = 1  # visunn: ignore[VIS301, VIS101] why\n"),
        ("# visunn: ignore[VIS301]\nx = 1\n", 2, "# visunn: ignore[VIS301, VIS101]\nx = 1\n"),
        ("@mark\nclass A: pass\n", 2, "@mark\nclass A: pass  # visunn: ignore[VIS101]\n"),
    ],
)
def test_where_a_comment_goes(tmp_path: Path, text: str, line: int, expected: str) -> None:
    """Behind the line where that is possible, behind its statement else, and into one that is there."""
    path = tmp_path / "model.py"
    path.write_bytes(text.encode())
    assert add_comments(str(path), {line: ["VIS101"]}) == 1
    assert path.read_bytes().decode() == expected


def test_a_reason_is_written_once(tmp_path: Path) -> None:
    """A comment that gives a reason keeps it, one without gets the new one."""
    path = tmp_path / "model.py"
    path.write_text("x = 1  # visunn: ignore[VIS301] why\ny = 1  # visunn: ignore[VIS301]\n", encoding="utf-8")
    add_comments(str(path), {1: ["VIS101"], 2: ["VIS101"]}, "because\n it is")
    assert path.read_text(encoding="utf-8").splitlines() == [
        "x = 1  # visunn: ignore[VIS301, VIS101] why",
        "y = 1  # visunn: ignore[VIS301, VIS101] because it is",
    ]


def test_the_declared_encoding_is_kept(tmp_path: Path) -> None:
    """A file in latin-1 stays in latin-1; a reason that it cannot hold is refused, and the file is as before."""
    path = tmp_path / "model.py"
    path.write_bytes("# coding: latin-1\nx = 'é'\n".encode("latin-1"))
    with pytest.raises(VisunnError, match="cannot be written into"):
        add_comments(str(path), {2: ["VIS101"]}, "→")
    assert path.read_bytes() == "# coding: latin-1\nx = 'é'\n".encode("latin-1")
    add_comments(str(path), {2: ["VIS101"]}, "né")
    expected = "# coding: latin-1\nx = 'é'  # visunn: ignore[VIS101] né\n"
    assert path.read_bytes() == expected.encode("latin-1")


def test_a_file_that_has_changed_is_left_alone(tmp_path: Path) -> None:
    """The lines of the findings may be others by now."""
    path = tmp_path / "model.py"
    path.write_text("x = 1\n", encoding="utf-8")
    assert source.line(str(path), 1) == "x = 1"
    path.write_text("y = 1\n", encoding="utf-8")
    with pytest.raises(VisunnError, match="has changed since it was checked"):
        add_comments(str(path), {1: ["VIS101"]})
    assert path.read_text(encoding="utf-8") == "y = 1\n"


@pytest.mark.parametrize("reason", ["a # b", "# a", "a #visunn: ignore[VIS102]", "bell \a"])
def test_a_reason_that_would_be_another_comment_is_refused(tmp_path: Path, reason: str) -> None:
    """It would not be read back as it was given."""
    path = tmp_path / "model.py"
    path.write_text("x = 1\n", encoding="utf-8")
    with pytest.raises(VisunnError, match="cannot be the reason"):
        add_comments(str(path), {1: ["VIS101"]}, reason)


def test_a_link_stays_a_link_and_a_mode_stays_a_mode(tmp_path: Path) -> None:
    """The file that a link leads to is written, with the permissions that it has."""
    path = tmp_path / "model.py"
    path.write_text("x = 1\n", encoding="utf-8")
    path.chmod(0o640)
    link = tmp_path / "link.py"
    link.symlink_to(path)
    add_comments(str(link), {1: ["VIS101"]})
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.read_text(encoding="utf-8") == "x = 1  # visunn: ignore[VIS101]\n"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.py", "model.py"]
