"""Makes the bundle: what the build of a wheel runs, so that a start reads no YAML."""

from importlib.resources import files

from bookings_openapi import bundled, document, rulebook


def made() -> str:
    """The bundle of this package's YAML files as they are now; raises ValueError as `load` does."""
    folder = files("bookings_openapi")
    texts = {
        document.WHOLE: document.merged(controls=True),
        document.API: document.merged(controls=False),
        rulebook.RULES: rulebook.parsed((folder / rulebook.RULES).read_text("utf-8")),
    }
    return bundled.written(folder, texts)
