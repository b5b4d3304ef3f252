"""The local server of the viewer: one page, one document, and news of it for whoever looks."""

from visunn_lint.serving.access import Access, Hosts
from visunn_lint.serving.application import application
from visunn_lint.serving.exhibit import Exhibit
from visunn_lint.serving.running import Address, Server

__all__ = ["Access", "Address", "Exhibit", "Hosts", "Server", "application"]
