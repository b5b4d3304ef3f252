"""From targets, and from models that stand in memory, to captured models."""

from visunn_lint.loading.capturing import capture_model
from visunn_lint.loading.targets import Loaded, live_models, load

__all__ = ["Loaded", "capture_model", "live_models", "load"]
