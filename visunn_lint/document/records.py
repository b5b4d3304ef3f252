"""The types of `visunn.graph/1`: one model as the viewer sees it, in plain JSON.

They stand apart from the internal ones, so that these may change and the document does not. Ids are
positions: a box, a module, a spec or a file is named by its index in its table, and names are for
display alone. Fields at their default are left out. There is no tensor data in it, no absolute path
and no number that JSON cannot write. The schema is `schema/graph-v1.json`.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 -- read at run time by msgspec
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

FORMAT: Final = "visunn.graph/1"

Id: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
Maybe: TypeAlias = Annotated[int, msgspec.Meta(ge=-1)]
"""An id, -1 for none."""
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
BoxKind: TypeAlias = Literal["module", "op", "opaque", "input", "output"]
ChangeKind: TypeAlias = Literal["added", "removed", "moved", "changed"]
Severity: TypeAlias = Literal["error", "warning", "info"]
Family: TypeAlias = Literal[
    "container", "convolution", "linear", "attention", "recurrent", "embedding", "normalisation", "activation",
    "pooling", "dropout", "arithmetic", "shape", "loss", "input", "output", "other",
]  # fmt: skip


class Spec(msgspec.Struct, frozen=True, omit_defaults=True):
    """A tensor's shape, dtype and device; ``batch`` are the axes that follow the batch size."""

    shape: tuple[int, ...]
    dtype: str
    device: str = "cpu"
    batch: tuple[int, ...] = ()


class Port(msgspec.Struct, frozen=True, array_like=True):
    """A tensor that goes in or comes out: where it stands (``0``, ``mask``, ``out.logits``), and its spec."""

    name: str
    spec: Maybe


class Tensor(msgspec.Struct, frozen=True, omit_defaults=True):
    """A parameter or buffer of a module; ``shape`` is None while a lazy module has not decided it."""

    name: str
    shape: tuple[int, ...] | None
    dtype: str
    buffer: bool = False
    trainable: bool = True
    shared_with: tuple[str, ...] = ()


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A line of a source file, counted from 1; 0 where it is not known."""

    file: Id
    line: Count


class Module(msgspec.Struct, frozen=True, omit_defaults=True):
    """A module, called or not. ``details`` tells it from others of its class in a few words: ``3→64, 7×7, /2``.

    ``parameters`` counts the elements of its own parameters and of all below, each tensor once.
    """

    path: str
    kind: str
    parent: Maybe = -1
    details: str = ""
    aliases: tuple[str, ...] = ()
    tensors: tuple[Tensor, ...] = ()
    settings: Mapping[str, str] = {}
    parameters: Count = 0
    calls: Count = 0
    is_registered: bool = True
    source: Place | None = None


class Box(msgspec.Struct, frozen=True, omit_defaults=True):
    """A call of a module, an op, or an input or output of the whole run: what is drawn as one box.

    ``parent`` is the call that it happened in, -1 for the model's own call, which is box 0. A box comes
    behind its parent, and siblings stand in the order of execution. A module that runs a single op and
    calls nothing has no boxes in it: it is that op. ``module`` is the module that is called, or whose
    forward runs the op. ``rank`` is its step along the flow of data among its siblings, ``x`` its place
    across the flow, in widths of a box, centred on 0.

    ``parameters`` and ``flops`` count what lies below too, ``bytes`` the outputs. ``reads`` names the
    parameters, buffers and constants that an op reads by itself.
    """

    kind: BoxKind
    label: str
    family: Family
    parent: Maybe = -1
    module: Maybe = -1
    call: Count = 0
    op: str = ""
    rank: Count = 0
    x: float = 0
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    attributes: Mapping[str, str] = {}
    reads: tuple[str, ...] = ()
    parameters: Count = 0
    flops: Count = 0
    bytes: Count = 0
    source: Place | None = None
    change: ChangeKind | None = None


class Edge(msgspec.Struct, frozen=True, array_like=True):
    """A tensor that flows between two boxes without boxes in them; ``spec`` is how the reader sees it."""

    source: Id
    target: Id
    spec: Maybe


class Fold(msgspec.Struct, frozen=True):
    """Siblings that are built alike and follow each other: drawn as the first of them, ``×N``, until unfolded."""

    members: tuple[Id, ...]


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that a rule found; ``lines`` is the source around it, as (number, text)."""

    code: str
    rule: str
    severity: Severity
    message: str
    help: str = ""
    module: Maybe = -1
    box: Maybe = -1
    source: Place | None = None
    lines: tuple[tuple[int, str], ...] = ()


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why forward did not end: the boxes are what ran until there."""

    message: str
    module: Maybe = -1
    source: Place | None = None


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """A module that came, went, moved or is built otherwise; ``details`` are (what, before, after).

    ``box`` is where to look: for what went, a box without contents that stands where it was.
    """

    kind: ChangeKind
    before: str | None
    after: str | None
    box: Maybe = -1
    details: tuple[tuple[str, str, str], ...] = ()


class Against(msgspec.Struct, frozen=True):
    """The older model that this one is compared with, and what changed since."""

    name: str
    changes: tuple[Change, ...]


class Capture(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the graph came to be; ``inputs`` is what ``--input`` takes."""

    engine: str
    rung: str
    mode: str
    reason: str = ""
    inputs: str = ""
    inferred: bool = False


class Totals(msgspec.Struct, frozen=True):
    """Counts over the whole model; ``flops`` and ``activation_bytes`` are of the captured run."""

    parameters: Count
    trainable: Count
    parameter_bytes: Count
    activation_bytes: Count
    flops: Count
    modules: Count
    ops: Count


class Document(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One model: its modules, the boxes of one run of it, what flows between them, and what was found."""

    format: Literal["visunn.graph/1"]
    generator: str
    name: str
    capture: Capture
    totals: Totals
    files: tuple[str, ...] = ()
    specs: tuple[Spec, ...] = ()
    modules: tuple[Module, ...] = ()
    boxes: tuple[Box, ...] = ()
    edges: tuple[Edge, ...] = ()
    folds: tuple[Fold, ...] = ()
    findings: tuple[Finding, ...] = ()
    failure: Failure | None = None
    against: Against | None = None
