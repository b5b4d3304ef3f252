"""VIS214 shape-contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint import shapes
from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_ADVICE = "change the model, or its contract under `shapes` in the configuration"


@dataclass(frozen=True)
class ShapeContract(Rule):
    """An input or output of a module has another shape than the project expects.

    Checks what ``shapes`` of a model says, in the configuration or in ``@visunn_lint.model(shapes=…)``:
    shape expressions by globs of module paths.

    ```toml
    [tool.visunn.models.resnet18.shapes]
    "" = "b 3 h w -> b 1000"
    conv1 = "-> b 64 h/2 w/2"
    "layer*" = "-> b _ _ _"
    ```

    A name is one number all over the contract, ``_`` any, ``...`` any number of dims; ``+ - * //`` and ``/``, which
    has to divide exactly, calculate. ``tokens: b t -> logits: b t 100`` names slots of several inputs or
    outputs. What is not mentioned may be anything; without an arrow an expression is about the outputs.

    ## Why is this bad?
    A head of the wrong size, a stride too many or swapped axes often raise no error: broadcasting and pooling make
    them fit. A contract names the module where the shapes begin to differ.

    ## References
    - einops and jaxtyping, whose names for axes these expressions follow
    """

    code = "VIS214"
    name = "shape-contract"
    category = "shapes"
    severity = Severity.ERROR
    since = "0.1.0"
    is_structural = True
    needs = frozenset({"shapes"})
    scope = "model"
    says_each = True
    bad = (
        Example(
            "nn.Sequential(nn.Conv2d(3, 8, 3, stride=2), nn.Flatten(), nn.Linear(72, 10))",
            inputs="2x3x8x8",
            at=("0", "2"),
            shapes={"0": "b 3 h w -> b 8 h/2 w/2", "2": "-> b 100"},
        ),
        Example(
            "nn.Sequential(nn.Linear(4, 2))",
            inputs="2x4",
            at=("", "0", "0"),
            shapes={"head": "b 2", "0": "b t 4 -> b 2, b 3"},
        ),
        Example("nn.Sequential(nn.Linear(4, 2))", inputs="2x4", at=("",), shapes={"0": "-> b c//2"}),
    )
    good = (
        Example(
            "nn.Sequential(nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.Flatten(), nn.Linear(128, 10))",
            inputs="2x3x8x8",
            shapes={"": "b 3 h w -> b 10", "0": "-> b 8 h/2 w/2", "1": "b c h/2 w/2 -> b c*h*w/4", "?": "-> b ..."},
        ),
        Example("nn.LSTM(4, 8)", inputs="3x2x4", shapes={"": "t b 4 -> t b 8, 1 b 8, 1.1: 1 b 8"}),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each tensor that does not have the shape that is expected of it."""
        for topology in model.topologies:
            try:
                unmet = shapes.unmet(topology, model.shapes or {})
            except shapes.ShapeExpressionError as error:
                message = f"the contract `{error.text}` cannot be used: {error.problem}"
                yield self.finding(topology.modules.get("", ""), message)
                return
            yield from (self._unmet(topology, each) for each in unmet)

    def _unmet(self, topology: Topology, unmet: shapes.Unmet) -> Finding:
        module = topology[unmet.module] if unmet.module in topology else topology.modules.get("", "")
        return self.finding(
            module,
            shapes.shown_unmet(topology, unmet),
            label=", ".join(" ".join(each) for each in unmet.differences),
            advice=_ADVICE,
            related=tuple(_related(topology, each) for each in unmet.bindings),
        )


def _related(topology: Topology, binding: shapes.Binding) -> Related:
    module = topology[binding.place.module]
    return Related(shapes.shown_binding(topology, binding), module.source, module.path)
