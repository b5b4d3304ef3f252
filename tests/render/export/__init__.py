"""Tests of the formats that a document is exported in."""
