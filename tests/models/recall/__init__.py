"""Models with bugs that people shipped, each with its mended twin, and right ones that only look wrong.

A file ``vis105_constant_output.py`` is about one rule. Its classes ``Bug`` and ``Fixed``, and further
pairs ``Bug2`` and ``Fixed2``, take no arguments; ``INPUTS`` is what they are run with, as ``--input``
takes it, and ``INPUTS2`` what the second pair is run with, where that differs. Each line that a finding
of the rule has to lie at ends in a comment ``# <- Bug in module.path`` (``# <- Bug`` for the root).
Further names, all of them optional: ``CONFIG`` is a table as under ``[tool.visunn]``, ``ALSO`` are codes
of other rules that see the same bug.

A file ``right_*.py`` has classes ``Right``, ``Right2``, … that no rule may find a warning or an error in.
"""
