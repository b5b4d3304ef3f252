"""The document that the viewer and every export show: `visunn.graph/1`."""
