"""The document that the viewer and every export show: `visunn.graph/1`."""

from visunn_lint.document.against import Older
from visunn_lint.document.building import build
from visunn_lint.document.encoding import decode, encode
from visunn_lint.document.records import Document

__all__ = ["Document", "Older", "build", "decode", "encode"]
