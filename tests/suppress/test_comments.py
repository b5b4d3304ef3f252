"""Comments that suppress: which they are, what they are about, and what is wrong with the others."""

from pathlib import Path

import pytest

from visunn_lint.suppress.comments import Directive, Misspelt, directives

Read = list[tuple[int, tuple[str, ...], str, tuple[int, int] | None]]


def _file(folder: Path, text: str) -> str:
    path = folder / "model.py"
    path.write_text(text, encoding="utf-8")
    return str(path)


def _read(folder: Path, text: str) -> Read:
    """Return the line, the rules, the reason and the lines of each directive in a text."""
    found = directives(_file(folder, text))
    assert all(isinstance(each, Directive) for each in found), found
    return [(each.place.line, each.rules, each.reason, each.lines) for each in found if isinstance(each, Directive)]


@pytest.mark.parametrize(
    ("comment", "rules", "reason"),
    [
        ("# visunn: ignore[VIS301]", ("VIS301",), ""),
        ("# visunn: ignore[VIS301] the bias is frozen", ("VIS301",), "the bias is frozen"),
        ("# visunn: ignore[VIS301]: frozen", ("VIS301",), "frozen"),
        ("# visunn: ignore[VIS301, unused-module,VIS301]", ("VIS301", "unused-module"), ""),
        ("#visunn:ignore [ VIS301 ]", ("VIS301",), ""),
        ("# noqa: E501  # visunn: ignore[VIS301] see #12  # type: ignore", ("VIS301",), "see #12"),
    ],
)
def test_a_comment_gives_rules_and_a_reason(tmp_path: Path, comment: str, rules: tuple[str, ...], reason: str) -> None:
    """Several rules by code or name, then whatever explains it, among other comments."""
    assert _read(tmp_path, f"x = 1  {comment}\n") == [(1, rules, reason, (1, 1))]


def test_a_comment_behind_code_is_about_its_whole_statement(tmp_path: Path) -> None:
    """It may stand on any line of the statement, with comments and blank lines in it."""
    text = "x = f(\n    1,  # visunn: ignore[A]\n\n    # visunn: ignore[B]\n    2,\n)  # visunn: ignore[C]\ny = 1\n"
    assert [(rules, lines) for _, rules, _, lines in _read(tmp_path, text)] == [
        (("A",), (1, 6)),
        (("B",), (1, 6)),
        (("C",), (1, 6)),
    ]


def test_a_comment_alone_is_about_the_statement_right_below(tmp_path: Path) -> None:
    """Other comments may stand between them; a blank line may not."""
    text = "# visunn: ignore[A]\n# more\nx = f(\n    1)\n# visunn: ignore[B]\n\ny = 1\n"
    assert [lines for *_, lines in _read(tmp_path, text)] == [(3, 4), (5, 5)]


def test_a_comment_at_a_compound_statement_is_about_its_head(tmp_path: Path) -> None:
    """Its decorators belong to the head, its body does not."""
    text = "# visunn: ignore[A]\n@mark(\n    1)\n@mark\nclass Net(\n    Base\n):  # visunn: ignore[B]\n    x = 1\n"
    assert [lines for *_, lines in _read(tmp_path, text)] == [(2, 7), (2, 7)]


def test_a_comment_for_the_file(tmp_path: Path) -> None:
    """``ignore-file`` stands on a line of its own, anywhere."""
    assert _read(tmp_path, "x = 1\n# visunn: ignore-file[VIS301] generated\n") == [(2, ("VIS301",), "generated", None)]


def test_strings_hold_no_comments(tmp_path: Path) -> None:
    """What looks like a comment inside a string, an f-string or a docstring is none."""
    text = (
        '"""\n# visunn: ignore[A]\n"""\n'
        "x = '# visunn: ignore[B]'\n"
        "y = f'# visunn: ignore[{x}] {x!r:#>4}'\n"
        "z = f'''{x}\n# visunn: ignore[C]\n'''  # visunn: ignore[D]\n"
    )
    assert _read(tmp_path, text) == [(8, ("D",), "", (6, 8))]


@pytest.mark.parametrize(
    "comment",
    [
        "# visunn is a linter",
        "# visunn: the linter says that this is fine",
        "# see visunn: ignore it",
        "# self.fc = nn.Linear(1, 1)  # visunn: ignore[VIS101]",
        "# https://visunn.dev/rules[0]",
    ],
)
def test_prose_and_code_out_of_use_are_no_directives(tmp_path: Path, comment: str) -> None:
    """A comment that mentions visunn is left alone, and so is one in a line that is commented out."""
    assert directives(_file(tmp_path, f"{comment}\nx = 1\n")) == ()


@pytest.mark.parametrize(
    ("line", "problem", "advice"),
    [
        (
            "x = 1  # visunn: ignore",
            "`# visunn: ignore` does not say which rule, and suppresses nothing",
            "write `# visunn: ignore[VIS301]`, with the rule's code",
        ),
        (
            "x = 1  # visunn: ignore[ ]",
            "`# visunn: ignore` does not say which rule, and suppresses nothing",
            "write `# visunn: ignore[VIS301]`, with the rule's code",
        ),
        (
            "x = 1  # visunn: ingore[VIS101, VIS102]",
            "`# visunn: ingore` suppresses nothing: that is not how it is spelt",
            "write `# visunn: ignore[VIS101, VIS102]`",
        ),
        (
            "# visunn: ignorefile[VIS101]",
            "`# visunn: ignorefile` suppresses nothing: that is not how it is spelt",
            "write `# visunn: ignore-file[VIS101]`",
        ),
        (
            "x = 1  # visunn ignore[VIS101]",
            "`# visunn ignore` suppresses nothing: that is not how it is spelt",
            "write `# visunn: ignore[VIS101]`",
        ),
        (
            "x = 1  # Visunn: noqa",
            "`# Visunn: noqa` suppresses nothing: that is not how it is spelt",
            "write `# visunn: ignore[VIS301]`",
        ),
        (
            "x = 1  # Visunn: Ignore[vis101, dead-branch]",
            "`# Visunn: Ignore` suppresses nothing: that is not how it is spelt",
            "write `# visunn: ignore[VIS101, dead-branch]`",
        ),
        (
            "x = 1  # visunn: ignore[VIS101",
            "`# visunn: ignore[VIS101` lacks the closing bracket, and suppresses nothing",
            "write `# visunn: ignore[VIS101]`",
        ),
        (
            "x = 1  # visunn: ignore-file[VIS101]",
            "`# visunn: ignore-file` stands behind code, and suppresses nothing",
            "put it on a line of its own",
        ),
    ],
)
def test_a_misspelt_comment_says_how_it_is_spelt(tmp_path: Path, line: str, problem: str, advice: str) -> None:
    """It suppresses nothing, and must not look as if it did."""
    (found,) = directives(_file(tmp_path, f"{line}\n"))
    assert isinstance(found, Misspelt)
    assert (found.problem, found.advice) == (problem, advice)


@pytest.mark.parametrize("text", ["x = (1  # visunn: ignore[VIS101]\n", "x = '\ny = 1  # visunn: ignore[VIS101]\n", ""])
def test_a_broken_file_raises_nothing(tmp_path: Path, text: str) -> None:
    """What Python could not read has the comments in front of the error."""
    assert all(isinstance(each, Directive) for each in directives(_file(tmp_path, text)))
