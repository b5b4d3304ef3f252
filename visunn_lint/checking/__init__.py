"""Checking: the rules that were selected, run over captured models, and what they found as a report."""

from visunn_lint.checking.baselining import update_baseline
from visunn_lint.checking.executors import open_executor
from visunn_lint.checking.live import check
from visunn_lint.checking.project import Checked, Course, Shard, check_project
from visunn_lint.checking.running import run_rules
from visunn_lint.checking.selection import check_settings, needed_facts
from visunn_lint.checking.suppressing import add_ignores, suppress

__all__ = [
    "Checked",
    "Course",
    "Shard",
    "add_ignores",
    "check",
    "check_project",
    "check_settings",
    "needed_facts",
    "open_executor",
    "run_rules",
    "suppress",
    "update_baseline",
]
