"""Inputs: what a model's forward is called with, given, declared by a convention, or inferred."""
