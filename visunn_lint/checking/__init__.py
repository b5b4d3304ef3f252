"""Checking: the rules that were selected, run over captured models, and what they found as a report."""

from visunn_lint.checking.live import check
from visunn_lint.checking.running import run_rules

__all__ = ["check", "run_rules"]
