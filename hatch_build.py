"""Adds to the wheel what its YAML files say, merged: a start then reads one file and no YAML."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]
    """An editable install gets no bundle: its YAML is there to be changed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the bundle, and have it taken along."""
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root) / "openapi"))
        from bookings_openapi import bundled, bundling

        self._drafts = TemporaryDirectory()
        draft = Path(self._drafts.name) / bundled.FILE
        draft.write_text(bundling.made(), "utf-8")
        build_data["force_include"][str(draft)] = f"bookings_openapi/{bundled.FILE}"
