"""Text that is safe to print and fits."""

import pytest

from visunn_lint.text import rounded


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "0 "),
        (999, "999 "),
        (1000, "1.00 K"),
        (999_994, "999.99 K"),
        (999_995, "1.00 M"),
        (999_999, "1.00 M"),
        (999_999_999, "1.00 G"),
        (3_630_000_000, "3.63 G"),
        (10**18, "1000.00 P"),
    ],
)
def test_a_prefix_is_that_of_the_rounded_number(number: int, expected: str) -> None:
    """No number is a thousand of a prefix but those beyond the last."""
    assert rounded(number) == expected
