"""Tests of the capture engines."""
