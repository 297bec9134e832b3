"""SECURITY.md says what the programs do by default."""

from pathlib import Path

import pytest

import bookings_fixtures
import bookings_openapi
from bookings_mock.serving import Wire

PAGE = Path(__file__).parents[2] / "SECURITY.md"
SIZES = bookings_openapi.load()["x-limits"]
FILES = bookings_fixtures.schema()["x-limits"]


@pytest.mark.parametrize(
    "said",
    [
        f"{SIZES['headBytes'] // 1024} KiB, {Wire().head_seconds:g} s",
        f"{SIZES['bodyBytes'] // 2**20} MiB, {Wire().body_seconds:g} s",
        f"| {Wire().idle_seconds:g} s | `--idle-timeout`",
        f"| {Wire().grace_seconds:g} s | `--grace`",
        ", ".join(f"{SIZES[name]:,}" for name in ("worlds", "snapshots", "journal", "tokens")),
        f"| redirect sessions of a world | {SIZES['redirects']:,} |",
        f"{FILES['bytes'] // 2**20} MiB; YAML {FILES['yamlCharacters'] // 2**20} MiB of text",
        f"{FILES['yamlValues']:,} values",
    ],
)
def test_the_page_on_security_tells_the_defaults_as_they_are(said):
    assert said in " ".join(PAGE.read_text(encoding="utf-8").split())
