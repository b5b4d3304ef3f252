"""Where the value of an expression goes."""

from pathlib import Path
from textwrap import dedent, indent

import pytest

from visunn_lint.location import Location
from visunn_lint.rules._fate import Fate, fate_at

D, R, U = Fate.DROPPED, Fate.RETURNED, Fate.UNKNOWN


def _fate(body: str, folder: Path, element: int | None = None, value: str = "f(x)") -> Fate:
    """Return the fate of the first ``f(x)`` in a function with some body."""
    text = "def forward(self, x):\n" + indent(dedent(body).strip(), "    ") + "\n"
    file = folder / "net.py"
    file.write_text(text, encoding="utf-8")
    start = text.index(value)
    line, column = text.count("\n", 0, start) + 1, len(text[:start].rpartition("\n")[2].encode()) + 1
    end_line = line + value.count("\n")
    end_column = len(value.rpartition("\n")[2].encode()) + (1 if "\n" in value else column)
    return fate_at(Location(str(file), line, column, end_line, end_column), element)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("f(x)", D),
        ("y = f(x)", D),
        ("y: int = f(x)", D),
        ("y = z = f(x)", D),
        ("return f(x)", R),
        ("y = f(x)\nreturn y", R),
        ("y = f(x)\nz = y\nreturn z", R),
        ("y = f(x)\nz = y", D),
        ("y = f(x)\nreturn {'a': (1, [y])}", R),
        ("return f(x) if self.a else x", R),
        ("y = f(x)\ny = x\nreturn y", D),
        ("y = f(x)\ny, z = x\nreturn y", D),
        ("y = f(x)\ny = y + 1\nreturn y", U),
        ("y = f(x)\nif self.a:\n    y = x\nreturn y", R),
        ("y = f(x)\nif self.a:\n    return y", R),
        ("y, z = f(x), 1\nreturn z", D),
        ("y, z = f(x), 1\nreturn y", R),
        ("y, z = 1, f(x)\ny, z = y, x\nreturn z", D),
        ("[y, z] = w = f(x), 1\nreturn w", U),
        ("y, *z = f(x), 1, 2\nreturn z", U),
        ("self.y = f(x)", U),
        ("self.y['a'] = f(x)", U),
        ("y = self.y = f(x)", U),
        ("y = f(x)\nself.y = y\nreturn y", U),
        ("g(f(x))", U),
        ("y = f(x)\nprint(y.shape)", U),
        ("if f(x):\n    return x", U),
        ("assert f(x) > 0", U),
        ("y = [f(x)]", U),
        ("y += f(x)", U),
        ("while (y := f(x)): pass", U),
        ("f(x).add_(1)", U),
    ],
)
def test_a_value_is_followed_to_its_end(body: str, expected: Fate, tmp_path: Path) -> None:
    """Dropped or returned only where nothing else can happen to it."""
    assert _fate(body, tmp_path) is expected


@pytest.mark.parametrize(
    "body",
    [
        "for a in x:\n    g(y)\n    y = f(x)",
        "while x:\n    y = f(x)\n    if a: g(y)",
        "for a in x:\n    y = f(x)\nelse:\n    g(y)",
        "try:\n    y = f(x)\nfinally:\n    g(y)",
        "def late():\n    return y\ny = f(x)\nreturn late",
        "global y\ny = f(x)",
        "y = f(x)\nreturn locals()",
        "y = f(x)\ny += 1\nreturn g(y)",
        "y = f(x)\nreturn [y for _ in x]",
    ],
)
def test_a_name_may_be_read_out_of_line(body: str, tmp_path: Path) -> None:
    """In the next turn of a loop, in a handler, in an inner function, as a local."""
    assert _fate(body, tmp_path) is U


@pytest.mark.parametrize(
    ("body", "element", "expected"),
    [
        ("y, z = f(x)\nreturn y", 0, R),
        ("y, z = f(x)\nreturn y", 1, D),
        ("y, _ = f(x)\nreturn y", 1, D),
        ("y, *z = f(x)\nreturn y", 1, U),
        ("y, z = f(x)\nreturn y", 2, U),
        ("y, z = f(x)\nreturn y", None, U),
        ("return f(x)[0]", 0, R),
        ("return f(x)[0]", 1, D),
        ("return f(x)[i]", 1, U),
        ("y = f(x)\nreturn y[0]", 1, D),
        ("y = f(x)\nreturn y[1]", 1, R),
        ("y = f(x)", 1, D),
    ],
)
def test_an_element_of_a_tuple_is_followed(body: str, element: int | None, expected: Fate, tmp_path: Path) -> None:
    """Through unpacking and constant subscripts."""
    assert _fate(body, tmp_path, element) is expected


@pytest.mark.parametrize(
    ("body", "value", "expected"),
    [
        ("y = g(\n    x,\n)", "g(\n        x,\n    )", D),
        ("größe = 1; y = f(x)", "f(x)", D),
        ("x += f(y)\nreturn x", "x += f(y)", R),
        ("x += f(y)", "x += f(y)", D),
        ("torch.add(x, x, out=y)", "torch.add(x, x, out=y)", U),
    ],
)
def test_locations_are_those_that_python_reports(body: str, value: str, expected: Fate, tmp_path: Path) -> None:
    """Over several lines, columns in bytes, augmented assignments; what writes into ``out`` is no value alone."""
    assert _fate(body, tmp_path, value=value) is expected


@pytest.mark.parametrize("place", [None, Location("/nowhere/net.py", 1, 1, 1, 5)])
def test_what_cannot_be_read_is_not_known(place: Location | None) -> None:
    """No location, no such file."""
    assert fate_at(place) is U


def test_a_chain_over_several_lines_is_found_by_its_end(tmp_path: Path) -> None:
    """Python reports the last call of such a chain from its dot on."""
    file = tmp_path / "net.py"
    file.write_text("def forward(x):\n    y = (\n        x\n        .f()\n    )\n", encoding="utf-8")
    assert fate_at(Location(str(file), 4, 10, 4, 13)) is D
