"""Tests of visunn_lint.suppress."""
