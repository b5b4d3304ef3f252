"""From the targets on the command line to captured models, for what needs more of them than a check remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint import loading
from visunn_lint.cache import ModelOutcome
from visunn_lint.cli._models import tell
from visunn_lint.errors import TargetError
from visunn_lint.pipeline.collecting import import_for_good

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from visunn_lint.cli._options import CaptureOptions
    from visunn_lint.cli._terminal import Terminal
    from visunn_lint.config import Settings
    from visunn_lint.loading import Loaded
    from visunn_lint.records import Mode


def load_all(
    targets: Sequence[str],
    settings: Settings,
    capture: CaptureOptions,
    terminal: Terminal,
    modes: Sequence[Mode],
) -> Loaded:
    """Return the models of every target as captured now, of those that the configuration names if none is given.

    What could not be loaded is told on stderr. Raises TargetError when there is no target at all.
    """
    named = targets or tuple(settings.models)
    if not named:
        msg = "nothing to look at: no target was given"
        raise TargetError(msg, hint="give one, such as model.py, or name models in [tool.visunn.models]")
    import_for_good("visunn_lint.loading.targets")
    loaded = [_load(target, set(named) - {target}, settings, capture, modes) for target in dict.fromkeys(named)]
    together = loading.Loaded(
        tuple(model for each in loaded for model in each.models),
        tuple(broken for each in loaded for broken in each.broken),
        tuple(skipped for each in loaded for skipped in each.skipped),
    )
    for skipped in together.skipped:
        terminal.detail(f"skipped {skipped}")
    for model in together.models:
        tell(ModelOutcome.of(model), terminal)
    for broken in together.broken:
        terminal.error(f"{broken.target}: {broken.message}", hint=broken.hint, details=broken.details)
    return together


def _load(
    target: str,
    others: Iterable[str],
    settings: Settings,
    capture: CaptureOptions,
    modes: Sequence[Mode],
) -> Loaded:
    """Return the models of one target; an ``--input`` that names another target is not for them."""
    elsewhere = tuple(f"{other}:" for other in others)
    return loading.load(
        target,
        inputs=[text for text in capture.inputs if not text.startswith(elsewhere)],
        modes=modes,
        engine=capture.engine,
        models=settings.models,
        root=settings.root,
        timeout=capture.timeout,
        exclude=settings.exclude,
        allow_network=capture.allow_network,
    )
