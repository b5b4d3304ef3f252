"""Checking: the rules that were selected, run over captured models, and what they found as a report."""

from visunn_lint.checking.live import check
from visunn_lint.checking.running import run_rules
from visunn_lint.checking.selection import needed_facts

__all__ = ["check", "needed_facts", "run_rules"]
