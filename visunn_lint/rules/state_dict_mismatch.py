"""VIS406 state-dict-mismatch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Module, Param
from visunn_lint.rules._rule import Rule
from visunn_lint.topology import CapturedModel, Topology

_MOST_NAMES = 3


@dataclass(frozen=True)
class StateDictMismatch(Rule):
    """A checkpoint does not fit the model: a parameter is missing, one is too many, or a shape differs.

    The checkpoint is named in the configuration of the model, as ``checkpoint``. Of a safetensors file only the
    header is read, so that weights of any size cost nothing. Names of one tied parameter stand for each other, and
    buffers may be missing: not all of them are saved.

    ## Why is this bad?
    ``load_state_dict`` raises when the model is deployed, or, with ``strict=False``, leaves layers as they were
    drawn without a word.

    ## Use instead
    Rename the keys, or the modules. A prefix that all keys share comes from a wrapper: save
    ``model.module.state_dict()``.

    ## References
    - lutzroeder/netron#720
    """

    code = "VIS406"
    name = "state-dict-mismatch"
    category = "policy"
    severity = Severity.ERROR
    since = "0.1.0"
    scope = "model"
    says_each = True
    needs = frozenset({"checkpoint"})

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for what is missing, for what is too many, and for each module with other shapes."""
        if model.checkpoint is None:
            return
        topology, shapes = model.topology, model.checkpoint.shapes
        file = PurePath(model.checkpoint.file).name
        expected = {name: param for param in _stored(topology) for name in _names(topology, param)}
        missing = [param.path for param in topology.params if shapes.keys().isdisjoint(_names(topology, param))]
        left_over = [name for name in shapes if name not in expected and not name.endswith("_extra_state")]
        if missing:
            yield self.finding("", f"{file} lacks {_listed(missing)}{_prefix(missing, left_over)}")
        elif left_over:
            yield self.finding("", f"{file} has {_listed(left_over)}, which the model has not")
        yield from self._other_shapes(topology, file, expected, shapes)

    def _other_shapes(
        self, topology: Topology, file: str, expected: Mapping[str, Param], shapes: Mapping[str, tuple[int, ...]]
    ) -> Iterator[Finding]:
        for name, shape in shapes.items():
            own = expected[name].shape if name in expected else None
            if own is not None and own != shape:
                yield self.finding(
                    _owner(topology, name),
                    f"`{name}` is {_shape(own)} and {_shape(shape)} in {file}",
                    label="built with another shape than it was saved with",
                )


def _stored(topology: Topology) -> Iterator[Param]:
    for module in topology:
        if module.registered:
            yield from (*module.params, *module.buffers)


def _names(topology: Topology, param: Param) -> set[str]:
    """Return every name that a parameter has in a state dict: by ties, and by other names of its module."""
    owner = topology.modules.get(param.path.rpartition(".")[0])
    aliases = owner.aliases if owner else ()
    return {param.path, *param.shared_with, *(f"{alias}.{param.name}" for alias in aliases)}


def _owner(topology: Topology, name: str) -> Module:
    return topology[name.rpartition(".")[0]]


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_NAMES])
    rest = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"{shown}{rest}"


def _prefix(missing: Iterable[str], left_over: list[str]) -> str:
    """Return what to say if the keys of a checkpoint only have a prefix too many."""
    for name in missing:
        for other in left_over:
            prefix = other.removesuffix(name)
            if prefix and prefix != other and all(each.startswith(prefix) for each in left_over):
                return f": its keys begin with `{prefix}`"
        break
    return f", and has {_listed(left_over)} instead" if left_over else ""


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "a single number"
