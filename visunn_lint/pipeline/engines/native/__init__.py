"""The native engine: runs ``forward`` once and sees every torch call and every module call."""

from visunn_lint.pipeline.engines.native.engine import ENGINE

__all__ = ["ENGINE"]
