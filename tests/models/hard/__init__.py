"""Small models, each of which hides some data flow from whoever only reads calls: one per hard case."""

from tests.models.hard import (
    aliasing,
    attention,
    control_flow,
    dtypes,
    hidden,
    structures,
    tables,
    transforms,
    wrapping,
    writing,
)

HARD = (
    *aliasing.CASES,
    *attention.CASES,
    *control_flow.CASES,
    *dtypes.CASES,
    *hidden.CASES,
    *structures.CASES,
    *tables.CASES,
    *transforms.CASES,
    *wrapping.CASES,
    *writing.CASES,
)

__all__ = ["HARD"]
