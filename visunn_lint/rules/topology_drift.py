"""VIS404 topology-drift."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.diff import Diff, compare
from visunn_lint.diff.groups import Group, grouped
from visunn_lint.finding import Finding, Severity
from visunn_lint.outline import outline
from visunn_lint.rules._rule import Rule
from visunn_lint.topology import CapturedModel

_MOST_CHANGES = 3


@dataclass(frozen=True)
class TopologyDrift(Rule):
    """The model differs from what ``visunn.lock`` says of it.

    ``visunn lock`` writes down what each configured model is made of: modules, the arguments they are built with,
    shapes, and which call feeds which. A module that was renamed, or that a new one gave another number, is known
    again.

    ## Why is this bad?
    An architecture changes by accident: a default of a library, a merged branch, a refactored constructor. The
    weights that are in production no longer fit, and no test of shapes at the end of the model notices.

    ## Use instead
    Run ``visunn lock`` when the change is meant, and commit the file: the change is then part of the review.

    ## References
    - larq/larq#128
    """

    code = "VIS404"
    name = "topology-drift"
    category = "policy"
    severity = Severity.ERROR
    since = "0.1.0"
    is_structural = True
    scope = "model"
    needs = frozenset({"eval", "locked"})

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield one finding that tells the first changes, where the first of them is built."""
        if model.eval is None or model.locked is None or model.eval.failure is not None:
            return
        diff = compare(model.locked, outline(model.eval))
        if not diff:
            return
        groups = grouped(diff.changes)
        changed = (group.first.after for group in groups if group.first.after is not None)
        yield self.finding(
            model.eval[next(changed, "")],
            f"the model is no longer what visunn.lock says: {_told(diff, groups)}",
            advice=(
                f"`visunn diff visunn.lock::{model.name} {model.name}` tells all of it; "
                "run `visunn lock` if it is as it should be"
            ),
        )


def _told(diff: Diff, groups: list[Group]) -> str:
    """Return the first changes in words, and how many more there are."""
    told = [_of_group(group) for group in groups[:_MOST_CHANGES]] or _wiring(diff)
    rest = len(groups) - _MOST_CHANGES
    return "; ".join([*told, f"{rest} more"] if rest > 0 else told)


def _of_group(group: Group) -> str:
    what = f"{group.first.kind} " if group.first.kind in {"added", "removed"} else ""
    paths = f"`{group.paths[0]}`" + (f" and {len(group.paths) - 1} more" if len(group.paths) > 1 else "")
    return f"{what}{paths} ({group.kind})" + (f" {group.words}" if group.words and not what else "")


def _wiring(diff: Diff) -> list[str]:
    """Return what is to be told where no module changed: the first edge, else the first shape."""
    for edge in diff.rewired[:1]:
        return [f"`{edge.source}` {'now feeds' if edge.kind == 'added' else 'no longer feeds'} `{edge.target}`"]
    return [f"`{change.path or '(model)'}` has other shapes" for change in diff.reshaped[:1]]
