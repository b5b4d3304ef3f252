"""What a module is, in a few words: its class and the hyperparameters that tell it apart.

They are chosen by name, not by class: a ``Conv2dSame`` or a quantised ``Linear`` reads as well as
torch's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from visunn_lint.text import dims, safe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from visunn_lint.records import Module
    from visunn_lint.spec import Plain

    Values: TypeAlias = Mapping[str, Plain]


def describe(module: Module) -> tuple[str, str]:
    """Return the class and the telling hyperparameters: ``("Conv2d", "3→64, 7×7, /2")``."""
    values = {**module.hyperparameters, **_full_sizes(module)}
    for names, details in _DETAILS:
        if all(name in values for name in names):
            return safe(module.short_kind), safe(", ".join(filter(None, details(values))))
    return safe(module.short_kind), ""


def kernel(module: Module) -> str:
    """Return the size of a module's kernel, "" if it has none."""
    return _size(_full_sizes(module).get("kernel_size"))


_AXES = re.compile(r"([123])d")


def _full_sizes(module: Module) -> Values:
    """Return the sizes with a number for each axis, where the class's name tells how many it has."""
    match = _AXES.search(module.short_kind)
    axes = int(match[1]) if match else 1
    sizes = {name: module.hyperparameters.get(name) for name in ("kernel_size", "output_size")}
    return {name: (size,) * axes if isinstance(size, int) else size for name, size in sizes.items() if size is not None}


def _size(value: Plain) -> str:
    return dims(value) if isinstance(value, tuple) else "" if value is None else str(value)


def _per_axis(value: Plain) -> str:
    """Return one number where all axes agree, ``2`` or ``2×1``."""
    return str(value[0]) if isinstance(value, tuple) and len(set(value)) == 1 else _size(value)


def _number(value: Plain) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _unless(values: Values, name: str, usual: Plain, form: str) -> str:
    """Return a hyperparameter in a form, "" when it has its usual value or is not known."""
    text = _per_axis(values.get(name))
    return "" if text in {"", str(usual)} else form.format(text)


def _in_out(first: Plain, second: Plain) -> str:
    return f"{first or '?'}→{second}"


def _convolution(values: Values) -> list[str]:
    channels, groups = values["in_channels"], values.get("groups", 1)
    grouped = "depthwise" if groups == channels else f"groups {groups}"
    return [
        _in_out(channels, values["out_channels"]),
        _size(values["kernel_size"]),
        _unless(values, "stride", 1, "/{}"),
        _unless(values, "dilation", 1, "dilation {}"),
        grouped if groups != 1 else "",
    ]


def _pool(values: Values) -> list[str]:
    return [_size(values["kernel_size"]), _unless(values, "stride", 1, "/{}")]


def _linear(values: Values) -> list[str]:
    return [_in_out(values["in_features"], values["out_features"])]


def _bilinear(values: Values) -> list[str]:
    return [f"{values['in1_features']}, {values['in2_features']}→{values['out_features']}"]


def _recurrent(values: Values) -> list[str]:
    layers = values.get("num_layers", 1)
    direction = " bidirectional" if values.get("bidirectional") else ""
    times = f" ×{layers}" if layers != 1 else ""
    return [
        f"{_in_out(values['input_size'], values['hidden_size'])}{times}{direction}",
        _unless(values, "proj_size", 0, "projected to {}"),
    ]


def _embedding(values: Values) -> list[str]:
    return [f"{values['num_embeddings']}×{values['embedding_dim']}"]


def _attention(values: Values) -> list[str]:
    return [str(values["embed_dim"]), f"{values['num_heads']} heads"]


def _transformer(values: Values) -> list[str]:
    return [str(values["d_model"]), f"{values['nhead']} heads"]


def _group_norm(values: Values) -> list[str]:
    return [str(values["num_channels"]), f"{values['num_groups']} groups"]


def _adaptive_pool(values: Values) -> list[str]:
    return [f"to {_size(values['output_size'])}"]


def _upsample(values: Values) -> list[str]:
    factor = values.get("scale_factor")
    size = f"×{_number(factor)}" if isinstance(factor, int | float) else f"to {_size(values.get('size'))}"
    return [size, str(values["mode"])]


def _only(name: str, form: str = "{}") -> Callable[[Values], list[str]]:
    """Return the details that are one hyperparameter."""

    def details(values: Values) -> list[str]:
        value = values[name]
        return [] if value is None else [form.format(_size(value) if isinstance(value, tuple) else _number(value))]

    return details


_DETAILS: tuple[tuple[tuple[str, ...], Callable[[Values], list[str]]], ...] = (
    (("in_channels", "out_channels", "kernel_size"), _convolution),
    (("kernel_size",), _pool),
    (("in_features", "out_features"), _linear),
    (("in1_features", "in2_features", "out_features"), _bilinear),
    (("input_size", "hidden_size"), _recurrent),
    (("num_embeddings", "embedding_dim"), _embedding),
    (("embed_dim", "num_heads"), _attention),
    (("d_model", "nhead"), _transformer),
    (("num_groups", "num_channels"), _group_norm),
    (("num_features",), _only("num_features")),
    (("normalized_shape",), _only("normalized_shape")),
    (("output_size",), _adaptive_pool),
    (("scale_factor", "mode"), _upsample),
    (("upscale_factor",), _only("upscale_factor", "×{}")),
    (("downscale_factor",), _only("downscale_factor", "/{}")),
    (("p",), _only("p")),
    (("drop_prob",), _only("drop_prob")),
    (("negative_slope",), _only("negative_slope")),
    (("alpha",), _only("alpha")),
    (("approximate",), lambda values: [] if values["approximate"] == "none" else [str(values["approximate"])]),
    (("dim",), _only("dim", "dim {}")),
    (("padding",), _only("padding")),
)
"""The first entry whose names a module has describes it."""
