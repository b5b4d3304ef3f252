"""Tests of visunn_lint.config."""
