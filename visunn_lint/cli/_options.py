"""The options that several commands share, each group of them as one value."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click
from click.core import ParameterSource

from visunn_lint.cli import _completing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Function: TypeAlias = Callable[..., object]
    Decorator: TypeAlias = Callable[[Function], Function]


@dataclass(frozen=True, slots=True)
class CaptureOptions:
    """How a model is run."""

    inputs: tuple[str, ...]
    engine: str
    timeout: float | None
    allow_network: bool


@dataclass(frozen=True, slots=True)
class ProjectOptions:
    """Where settings are read."""

    config: tuple[str, ...]
    isolated: bool


@dataclass(frozen=True, slots=True)
class SelectionOptions:
    """What the command line says in place of the configuration; None and () are "not said"."""

    select: tuple[str, ...]
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...]
    extend_ignore: tuple[str, ...]
    fail_on: str | None
    preview: bool | None
    include_installed: bool | None
    baseline: str | None

    def as_table(self) -> dict[str, object]:
        """Return what was said, by the keys of the configuration; lists may be split by commas."""
        said = {name.replace("_", "-"): value for name, value in asdict(self).items() if value not in (None, ())}
        return {key: _split(value) if isinstance(value, tuple) else value for key, value in said.items()}


def _split(values: tuple[str, ...]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


_MOST_SECONDS: Final = 1e9


class _Seconds(click.FloatRange):
    """A time that a clock can count to."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 -- click's signature
        """Return a number of seconds; fails for what is none, such as ``nan``, and for centuries."""
        seconds = float(super().convert(value, param, ctx))
        return seconds if seconds <= _MOST_SECONDS else self.fail(f"{value} is no time to wait", param, ctx)


class _WholeOption(click.Option):
    """An option to be repeated, of which an environment variable gives one value, spaces included."""

    def value_from_envvar(self, ctx: click.Context) -> tuple[str, ...] | None:
        """Return the value of the variable as the only one, None if it is not set."""
        value = self.resolve_envvar_value(ctx)
        return None if value is None else (value,)


def grouped(name: str, group: type, *options: Decorator) -> Decorator:
    """Return a decorator that adds options to a command and hands it their values as one dataclass."""

    def decorate(function: Function) -> Function:
        def call(*context: object, **given: object) -> object:
            values = {field.name: given.pop(field.name) for field in fields(group)}
            return function(*context, **given, **{name: group(**values)})

        return _with_options(update_wrapper(call, function), options)

    return decorate


def _with_options(function: Function, options: Sequence[Decorator]) -> Function:
    """Return a command with options added; ``--help`` lists them in this order."""
    for option in reversed(options):
        function = option(function)
    return function


def _terminal_option(field: str, *names: str, **attributes: object) -> Decorator:
    """Return an option that sets a field of the Terminal, before or behind the command's name."""

    def store(context: click.Context, _: click.Parameter, value: object) -> None:
        if context.get_parameter_source(field) is not ParameterSource.DEFAULT:
            setattr(context.obj, field, value)

    return click.option(*names, field, expose_value=False, callback=store, **attributes)  # type: ignore[arg-type]  # click types each attribute by itself


def _rules_option(name: str, text: str) -> Decorator:
    return click.option(name, multiple=True, metavar="RULES", shell_complete=_completing.rules, help=text)


capture_options = grouped(
    "capture",
    CaptureOptions,
    click.option(
        "--input",
        "inputs",
        multiple=True,
        metavar="SPEC",
        help="An input of forward: 2x3x224x224, b x 3 x 32 x 32 (b is the batch), 2x16:int64, mask=2x16, scale=0.5, "
        "how='sum', [2x8, 2x8], {boxes: 1x4}. Repeat it for each input.",
    ),
    click.option(
        "--engine",
        default="auto",
        envvar="VISUNN_ENGINE",
        metavar="NAME",
        help="How the graph is captured: auto, native or torchscript.",
    ),
    click.option(
        "--timeout",
        type=_Seconds(min=0, min_open=True),
        envvar="VISUNN_TIMEOUT",
        metavar="SECONDS",
        help="Give a model up that takes longer than this.",
    ),
    click.option(
        "--allow-network",
        is_flag=True,
        envvar="VISUNN_ALLOW_NETWORK",
        help="Let models reach the network while they are built.",
    ),
)

project_options = grouped(
    "project",
    ProjectOptions,
    click.option(
        "--config",
        multiple=True,
        cls=_WholeOption,
        envvar="VISUNN_CONFIG",
        metavar="FILE|TOML",
        help="A configuration file, or a setting such as 'rules.over-budget.params = 1000000'.",
    ),
    click.option("--isolated", is_flag=True, envvar="VISUNN_ISOLATED", help="Read no configuration file."),
)

selection_options = grouped(
    "selection",
    SelectionOptions,
    _rules_option("--select", "Run these rules alone: codes, prefixes or names."),
    _rules_option("--extend-select", "Run these rules as well."),
    _rules_option("--ignore", "Leave these rules out."),
    _rules_option("--extend-ignore", "Leave these rules out as well."),
    click.option("--fail-on", type=click.Choice(["error", "warning", "info"]), help="Exit 1 from this severity up."),
    click.option("--preview/--no-preview", default=None, help="Run rules that are not stable yet."),
    click.option(
        "--include-installed/--no-include-installed",
        default=None,
        help="Show findings that lie wholly in installed packages.",
    ),
    click.option("--baseline", metavar="FILE", help="Do not count the findings that this file holds."),
)


def terminal_options(function: Function) -> Function:
    """Add the options that say what is printed, and how."""
    options = (
        _terminal_option(
            "quiet", "-q", "--quiet", is_flag=True, envvar="VISUNN_QUIET", help="Print findings and errors alone."
        ),
        _terminal_option(
            "verbose",
            "-v",
            "--verbose",
            is_flag=True,
            envvar="VISUNN_VERBOSE",
            help="Print how the run went, and tracebacks.",
        ),
        _terminal_option(
            "color",
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            envvar="VISUNN_COLOR",
            show_default=True,
            help="Colour the output. auto heeds NO_COLOR and FORCE_COLOR.",
        ),
        _terminal_option("ascii", "--ascii", is_flag=True, envvar="VISUNN_ASCII", help="Print ASCII alone."),
    )
    return _with_options(function, options)
