"""Targets: what a file, a folder or a dotted name holds, without running more of it than needed."""
