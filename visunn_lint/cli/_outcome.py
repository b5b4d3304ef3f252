"""How a command ends: every exception becomes one line on stderr and an exit code."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import click

from visunn_lint.errors import VisunnError

if TYPE_CHECKING:
    from collections.abc import Callable

    from visunn_lint.cli._terminal import Terminal

CLEAN, FINDINGS, NOT_LINTED = 0, 1, 2


def exit_code_of(command: Callable[[], object], terminal: Terminal) -> int:
    """Return the exit code that a command comes to, whatever it raises.

    An interrupt is 2 like everything that keeps a model from being linted, as it is in pytest.
    """
    try:
        code = command()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
    except click.ClickException as error:
        terminal.error(_sentence(error), hint=_usage_hint(error))
    except (KeyboardInterrupt, click.Abort):
        terminal.error("interrupted", details=traceback.format_exc())
    except VisunnError as error:
        terminal.error(error.message, hint=error.hint, details=traceback.format_exc())
    except SystemExit as error:
        terminal.error(f"the model's code called sys.exit({error.code!r})", details=traceback.format_exc())
    except BaseException as error:  # noqa: BLE001 -- a traceback would exit 1, which means findings
        terminal.error(_crash(error), hint="run it again with -v for the traceback", details=traceback.format_exc())
    else:
        return code if isinstance(code, int) else CLEAN
    return NOT_LINTED


def _sentence(error: click.ClickException) -> str:
    """Return click's message as ours read: without a capital and a full stop."""
    message = error.message if isinstance(error, click.NoSuchOption) else error.format_message()
    return (message[:1].lower() + message[1:]).removesuffix(".")


def _usage_hint(error: click.ClickException) -> str:
    if isinstance(error, click.NoSuchOption) and error.possibilities:
        return f"did you mean {error.possibilities[0]}?"
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"see `{context.command_path} --help`" if context else ""


def _crash(error: BaseException) -> str:
    return f"visunn itself failed: {type(error).__name__}: {error}"
