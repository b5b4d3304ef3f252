"""What stands in the place of a function while captures replace it, and afterwards."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from visunn_lint.pipeline.engines.native.replacing import replaced


class Owner:
    """Holds what is replaced."""

    @staticmethod
    def number() -> int:
        """Return a number."""
        return 1


def _doubled(original: staticmethod[[], int]) -> object:
    return staticmethod(lambda: 2 * original())


def test_the_last_to_leave_puts_the_original_back() -> None:
    """In whatever order captures begin and end, it is replaced once and ends as the very object it was."""
    before = vars(Owner)["number"]
    first, second = ExitStack(), ExitStack()
    seen = []
    first.enter_context(replaced({(Owner, "number"): _doubled}))
    seen.append(Owner.number())
    second.enter_context(replaced({(Owner, "number"): _doubled}))
    seen.append(Owner.number())
    first.close()
    seen.append(Owner.number())
    second.close()
    assert (seen, vars(Owner)["number"]) == ([2, 2, 2], before)


def test_an_error_leaves_nothing_replaced() -> None:
    """As where a later place has no such function."""
    before = vars(Owner)["number"]
    with pytest.raises(KeyError), replaced({(Owner, "number"): _doubled, (Owner, "none"): _doubled}):
        pytest.fail("the context began")
    assert vars(Owner)["number"] is before


def test_what_a_base_holds_is_replaced_for_one_class_alone() -> None:
    """The class has it from its base again afterwards."""

    class Heir(Owner):
        """Holds nothing itself."""

    with replaced({(Heir, "number"): _doubled}):
        seen = (Heir.number(), Owner.number())
    assert (seen, "number" in vars(Heir)) == ((2, 1), False)
