"""What keeps findings from counting: comments in the source, and a baseline of those that are known."""
