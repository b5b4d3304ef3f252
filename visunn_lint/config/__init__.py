"""The configuration: `[tool.visunn]`, with the environment and the command line laid over it."""

from visunn_lint.config.decoding import BadKeyError, KeyPath, decode_options
from visunn_lint.config.merging import load_settings
from visunn_lint.config.settings import ModelSettings, Settings
from visunn_lint.config.sources import find_config

__all__ = ["BadKeyError", "KeyPath", "ModelSettings", "Settings", "decode_options", "find_config", "load_settings"]
