"""Tests of comparing targets, lock files and revisions."""
