"""The formats that a document can be exported in: one file a format, each with ``export(document)`` giving bytes."""

import pkgutil


def export_formats() -> tuple[str, ...]:
    """Return the names of the formats: the modules here that are no part of others."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
