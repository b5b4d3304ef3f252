"""transformers: the classes of MODEL_MAPPING, each with the defaults of its configuration."""

from __future__ import annotations

import importlib
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.zoo.sources.source import ExcludedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

_transformers: Any = importlib.import_module("transformers")
_auto: Any = importlib.import_module("transformers.models.auto.modeling_auto")

_COUNTS = {
    re.compile(r"(num_|n_)?(\w+_)?(layers?|(?<!encoder_)blocks)"): 2,
    re.compile(r"(num|n)_(local_|routed_)?experts"): 16,
}
"""Settings that say how often something is repeated, and how often it is in a small configuration.

``num_encoder_blocks`` counts stages of different sizes: a model has to have them all, as it has those
of ``depths``. Experts are picked by twos from each of up to eight groups.
"""


def names() -> list[str]:
    """Return ``model_type/ClassName`` of every class in MODEL_MAPPING."""
    return [
        f"{model_type}/{cls}"
        for model_type, classes in _auto.MODEL_MAPPING_NAMES.items()
        for cls in ([classes] if isinstance(classes, str) else classes)
    ]


def factory(name: str, *, small: bool) -> Callable[[], nn.Module]:
    """Return what builds a model with the defaults of its configuration, or with few layers.

    Raises ExcludedError if the configuration has no defaults, or if there is no such class.
    """
    model_type, _, cls = name.partition("/")
    if not hasattr(_transformers, cls):
        message = "transformers lists it, and does not export it"
        raise ExcludedError(message)
    try:
        config = _transformers.CONFIG_MAPPING[model_type]()
    except Exception as error:
        message = f"its configuration has no defaults: {error}"
        raise ExcludedError(message) from error
    return partial(getattr(_transformers, cls), _shallow(config) if small else config)


def _shallow(config: Any) -> Any:  # noqa: ANN401 -- transformers is imported by name, without its types
    """Return a configuration with few layers, or the same if there is none that its class accepts."""
    try:
        return type(config)(**_fewer(config))
    except Exception:  # noqa: BLE001 -- configurations check themselves, each in its own way
        return config


def _fewer(config: Any) -> dict[str, Any]:  # noqa: ANN401 -- likewise
    """Return the settings to build a configuration like this with, its parts included."""
    settings: dict[str, Any] = {}
    for name, value in vars(config).items():
        most = _most(name, value, config)
        if most is not None and type(value) is int and value > most:
            settings[name] = most
        elif isinstance(value, _transformers.PretrainedConfig):
            settings[name] = {**value.to_diff_dict(), "model_type": value.model_type, **_fewer(value)}
    return settings


def _most(name: str, value: object, config: Any) -> int | None:  # noqa: ANN401 -- likewise
    """Return how often something is repeated in a small configuration; None if it is no count, or one of stages.

    There are layers of every kind: caches ask for one with attention.
    """
    stages, kinds = (vars(config).get(each) or () for each in ("depths", "layer_types"))
    most = next((count for pattern, count in _COUNTS.items() if pattern.fullmatch(name)), None)
    if most is None or value == len(stages):
        return None
    return max(most, *(kinds.index(kind) + 1 for kind in set(kinds))) if value == len(kinds) else most
