"""What stands above the tree and below it: what was run, what it sums up to, why it stopped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from visunn_lint.spec import UNKNOWN_DTYPE
from visunn_lint.text import cells, megabytes, rounded, safe, shape_text
from visunn_lint.tree.layout import Line, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visunn_lint.cost import Cost
    from visunn_lint.location import Location
    from visunn_lint.records import Captured, Failure
    from visunn_lint.topology import Topology
    from visunn_lint.tree.branches import Note, Style

_SHOWN_INPUTS = 3
_GAP = "   "


def header(topology: Topology, cost: Cost, notes: Sequence[Note], width: int | None) -> Iterator[Line]:
    """Yield the name of the model and what was run, broken between facts where it does not fit."""
    captured = topology.captured
    facts = [
        Span(safe(topology.name), "strong"),
        Span(_parameters_text(topology)),
        Span("" if _lacks_weights(topology) else _flops_text(cost.flops, _batch(captured))),
        Span(_inputs_text(captured)),
        Span(_captured_text(captured), "dim"),
        *(Span(note.text, note.style) for note in notes),
    ]
    yield from _joined([fact for fact in facts if fact.text], width)
    if captured.reason and topology.failure is None:
        because = "" if captured.rung == "file" else f"{captured.rung} because "
        yield from _wrapped(f"  {because}{safe(captured.reason)}", "dim", width)


def _lacks_weights(topology: Topology) -> bool:
    """Return whether no parameter has a known shape, as in what another program logged: sums would say too little."""
    return bool(topology.params) and all(param.shape is None for param in topology.params)


def _parameters_text(topology: Topology) -> str:
    if _lacks_weights(topology):
        return f"{len(topology.params):,} weights of unknown shape"
    return f"{topology.parameter_count:,} parameters"


def _joined(facts: Sequence[Span], width: int | None) -> Iterator[Line]:
    line: list[Span] = []
    for fact in facts:
        used = sum(cells(span.text) for span in line)
        if line and width is not None and used + len(_GAP) + cells(fact.text) > width:
            yield tuple(line)
            line = [Span("  ")]
        elif line:
            line.append(Span(_GAP))
        line.append(fact)
    yield tuple(line)


def _batch(captured: Captured) -> int:
    """Return the size of the batch: the first axis of the first input; 0 where there is none."""
    return captured.inputs[0].spec.shape[0] if captured.inputs and captured.inputs[0].spec.shape else 0


def _flops_text(flops: int, batch: int) -> str:
    if not flops:
        return ""
    return f"{rounded(flops / batch)}FLOPs a sample" if batch else f"{rounded(flops)}FLOPs"


def _inputs_text(captured: Captured) -> str:
    """Return ``input 2×3×224×224 float32``, with names where there are several."""
    slots = captured.inputs
    if not slots:
        return ""
    texts = [shape_text(slot.spec.shape) + _dtype_text(slot.spec.dtype) for slot in slots[:_SHOWN_INPUTS]]
    if len(slots) > 1:
        texts = [f"{safe(slot.path)} {text}" for slot, text in zip(slots, texts, strict=False)]
    more = [f"{len(slots) - _SHOWN_INPUTS} more"] if len(slots) > _SHOWN_INPUTS else []
    guessed = " (guessed)" if captured.inferred else ""
    return f"input {', '.join(texts + more)}{guessed}"


def _dtype_text(dtype: str) -> str:
    return "" if dtype == UNKNOWN_DTYPE else f" {safe(dtype)}"


def _captured_text(captured: Captured) -> str:
    if captured.rung == "file":
        return "read from a file"
    by = "" if captured.engine == "native" else f" by {safe(captured.engine)}"
    return f"captured on {captured.rung}{by}, {captured.mode}"


def failure_lines(failure: Failure, width: int | None) -> Iterator[Line]:
    """Yield why forward stopped, and where."""
    where = f"in `{safe(failure.module)}`" if failure.module else "in the model's own forward"
    message = safe(next(iter(failure.message.splitlines()), ""))
    yield from _wrapped(f"✗ forward stopped {where}: {safe(failure.error)}: {message}", "error", width)
    if failure.op:
        operands = ", ".join(f"{shape_text(spec.shape)} {spec.dtype}" for spec in failure.operands)
        text = f"  {safe(failure.op)} of {operands}" if operands else f"  {safe(failure.op)}"
        yield from _wrapped(text, "plain", width)
    if failure.source is not None:
        yield from _wrapped(f"  at {safe(_place(failure.source))}", "plain", width)


def _place(place: Location) -> str:
    """Return file, line and column, the file as a reader in the working folder would write it."""
    file, here = Path(place.file), Path.cwd()
    return str(replace(place, file=str(file.relative_to(here))) if file.is_relative_to(here) else place)


def _wrapped(text: str, style: Style, width: int | None) -> Iterator[Line]:
    lines = [text] if width is None else wrap(text, width, subsequent_indent="  ", break_on_hyphens=False)
    yield from ((Span(line, style),) for line in lines)


def footer(topology: Topology, cost: Cost, width: int | None) -> Iterator[Line]:
    """Yield the totals: counts in full and, where there is room, rounded; bytes as torchinfo sums them up.

    Forward and backward are the outputs of the layers with parameters, twice; the estimated total
    adds the inputs and the parameters. There are none where no weight has a known shape.
    """
    if _lacks_weights(topology):
        return
    count, trainable, batch = topology.parameter_count, topology.trainable_parameter_count, _batch(topology.captured)
    total = cost.input_bytes + cost.activation_bytes + cost.parameter_bytes
    rows = [
        ("Parameters", *_number(count), megabytes(cost.parameter_bytes)),
        ("Trainable", *_number(trainable), ""),
        ("Non-trainable", *_number(count - trainable), ""),
        (f"FLOPs, batch of {batch}" if batch > 1 else "FLOPs", *_number(cost.flops), ""),
        ("Input", "", "", megabytes(cost.input_bytes)),
        ("Forward/backward", "", "", megabytes(cost.activation_bytes)),
        ("Estimated total", "", "", megabytes(total)),
    ]
    without_rounded = [(label, full, size) for label, full, _, size in rows]
    stacked = [(label if at == 0 else "", value) for label, *values in without_rounded for at, value in _given(values)]
    *layouts, narrowest = (list(_aligned(table)) for table in (rows, without_rounded, stacked))
    yield from next((lines for lines in layouts if width is None or _width(lines) <= width), narrowest)


def _given(values: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the values that are not empty, counted from 0."""
    return enumerate(value for value in values if value)


def _aligned(table: Sequence[Sequence[str]]) -> Iterator[Line]:
    """Yield a line for each row: its label, and its values to the right of their columns."""
    first, *widths = (max(map(len, column)) for column in zip(*table, strict=True))
    for label, *values in table:
        text = "  ".join(f"{value:>{width}}" for value, width in zip(values, widths, strict=True))
        yield Span(f"{label:<{first}}  ", "dim"), Span(text)


def _width(lines: Sequence[Line]) -> int:
    return max(sum(cells(span.text) for span in line) for line in lines)


def _number(number: int) -> tuple[str, str]:
    """Return a number in full, and rounded where that is shorter."""
    return f"{number:,}", rounded(number) if number >= 1000 else ""  # noqa: PLR2004 -- the first prefix
