"""The result cache: what past runs found, and what has to be unchanged for that to hold still. It needs no torch."""

from visunn_lint.cache.caching import Answer, Kept, Memory
from visunn_lint.cache.folder import CacheFolder
from visunn_lint.cache.ground import Ground
from visunn_lint.cache.outcome import ModelOutcome, Outcome

__all__ = ["Answer", "CacheFolder", "Ground", "Kept", "Memory", "ModelOutcome", "Outcome"]
