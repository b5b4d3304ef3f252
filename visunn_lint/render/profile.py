"""The five-step table of a profile, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from rich.cells import cell_len
from rich.text import Text

from visunn_lint.render._style import KNOWN, STRONG
from visunn_lint.render._view import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visunn_lint.profiling import Profile


def render(profiles: Sequence[Profile], *, ascii: bool = False) -> Text:  # noqa: A002 -- what the option is called
    """Return a table with a row for each step and a column for each profile: times, then sizes and counts.

    ``profiles`` is not empty.
    """
    text = Text(no_wrap=True, overflow="ignore", end="")
    for run in dict.fromkeys(_run(profile) for profile in profiles):
        text.append(printable(run, ascii_only=ascii) + "\n")
    text.append("\n")
    rows = [[printable(cell, ascii_only=ascii) for cell in row] for row in _rows(profiles)]
    widths = [max(cell_len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        label, *cells = row
        style = STRONG if not number else ""
        text.append(label + " " * (widths[0] - cell_len(label)), KNOWN if number else STRONG)
        for cell, width in zip(cells, widths[1:], strict=True):
            text.append(" " * (3 + width - cell_len(cell)) + cell, style)
        text.append("\n")
    return text


def _run(profile: Profile) -> str:
    times = f"median of {profile.repeats} runs" if profile.repeats > 1 else "1 run"
    return f"{profile.name}, {profile.mode}, {', '.join(profile.inputs)}: {times}"


def _rows(profiles: Sequence[Profile]) -> Iterator[list[str]]:
    several = len({profile.name for profile in profiles}) > 1
    yield ["", *(f"{profile.name} {profile.engine}" if several else profile.engine for profile in profiles)]
    for index, step in enumerate(profiles[0].steps):
        yield [f"{index + 1}  {step.title}", *(_time(profile.steps[index].seconds) for profile in profiles)]
    yield ["   total", *(_time(profile.total_seconds) for profile in profiles)]
    yield ["GraphDef", *(_size(profile.graph_bytes) for profile in profiles)]
    yield ["Topology", *(_size(profile.topology_bytes) for profile in profiles)]
    yield ["nodes", *(f"{profile.graph_nodes:,} → {profile.topology_nodes:,}" for profile in profiles)]
    yield ["modules", *(f"{profile.modules:,}" for profile in profiles)]


def _time(seconds: float) -> str:
    return f"{seconds:.4f} s"


def _size(number: int) -> str:
    return f"{number / 1e3:,.1f} kB"


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What ``--output-format json`` writes: profiles in version 1."""

    version: int = 1
    profiles: tuple[ProfileDocument, ...]


class ProfileDocument(msgspec.Struct, frozen=True):
    """One model with one engine. ``seconds`` by step."""

    name: str
    engine: str
    rung: str
    mode: str
    inputs: tuple[str, ...]
    repeats: int
    seconds: dict[str, float]
    graph_bytes: int
    topology_bytes: int
    graph_nodes: int
    topology_nodes: int
    modules: int
    failure: str = ""


def to_json(profiles: Sequence[Profile]) -> str:
    """Return the profiles as a JSON document."""
    document = Document(profiles=tuple(map(_document, profiles)))
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _document(profile: Profile) -> ProfileDocument:
    return ProfileDocument(
        name=profile.name,
        engine=profile.engine,
        rung=profile.rung,
        mode=profile.mode,
        inputs=profile.inputs,
        repeats=profile.repeats,
        seconds={step.name: step.seconds for step in profile.steps},
        graph_bytes=profile.graph_bytes,
        topology_bytes=profile.topology_bytes,
        graph_nodes=profile.graph_nodes,
        topology_nodes=profile.topology_nodes,
        modules=profile.modules,
        failure=profile.failure,
    )
