"""Small models that many tests share, each with inputs that it takes: lists of ``Case``."""
