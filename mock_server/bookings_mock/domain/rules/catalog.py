"""Rules of the catalog: what can be asked of services and of what belongs to them."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.domain.rulebook import Refusal, rule


@rule("SERVICES-1")
def services_filter(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a query of services filters by."""
    return sent


@rule("LOOKUP-4")
def there(found: object, what: str, case: str | None = None) -> Refusal | None:
    """What is looked up must be there."""
    return None if found is not None else Refusal(f"the site has no such {what}", case=case)
