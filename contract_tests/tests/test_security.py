"""SECURITY.md says what the judge takes from a target."""

from pathlib import Path

import pytest

from bookings_contract.findings import bounds
from bookings_contract.target import masking

PAGE = Path(__file__).parents[2] / "SECURITY.md"


@pytest.mark.parametrize(
    "said",
    [
        f"{bounds.ANSWER:g} seconds for an exchange",
        f"{bounds.HEAD // 1024} KiB of head",
        f"{bounds.BODY // 2**20} MiB of body",
        f"JSON of {bounds.DEPTH} levels",
        f"shorter than {masking.LEAST} characters",
    ],
)
def test_the_page_on_security_tells_the_judges_bounds_as_they_are(said):
    assert said in " ".join(PAGE.read_text(encoding="utf-8").split())
