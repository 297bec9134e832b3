"""Whether the settings of a service in the target file are those that the target shows."""

from collections.abc import Iterator, Mapping
from typing import Any

from bookings_contract.doctor.check import Check, wrong
from bookings_contract.target.model import Service

# Where a service shows what its policy lets customers do, and the words for it.
POLICY = {
    "book": (("onlineBooking", "enabled"), "open", "closed"),
    "cancel": (("bookingPolicy", "cancellationPolicy", "enabled"), "allowed", "forbidden"),
    "reschedule": (("bookingPolicy", "reschedulePolicy", "enabled"), "allowed", "forbidden"),
}


def checks(service: Service, shown: Mapping[str, Any] | None) -> list[Check]:
    """Each setting that differs."""
    if shown is None:
        return []
    return [
        _different(service, key, seen, written)
        for key, seen, written in _settings(service, shown)
        if seen != written
    ]


def _settings(service: Service, shown: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Each setting that both show: its key, what the target says, and what is written."""
    approval = _at(shown, "onlineBooking", "requireManualApproval")
    if isinstance(approval, bool):
        yield "manual_approval", approval, service.manual_approval
    for key, (path, yes, no) in POLICY.items():
        allowed = _at(shown, *path)
        if isinstance(allowed, bool):
            said = yes if allowed else no
            yield f"policy {key}", said, yes if service.allows(key) else no
    capacity = shown.get("defaultCapacity")
    if service.kind == "course" and isinstance(capacity, int) and service.capacity is not None:
        yield "capacity", capacity, service.capacity
    yield from _lengths(service, _at(shown, "schedule", "availabilityConstraints"))


def _lengths(service: Service, shown: Any) -> Iterator[tuple[str, Any, Any]]:
    """How long it may take: one of several lengths, or whatever is chosen between two."""
    fixed = _at(shown, "sessionDurations")
    if isinstance(fixed, list) and fixed and service.length not in (None, *fixed):
        yield "length", fixed, service.length
    chosen = _at(shown, "durationRange", "hourOptions")
    for key, field, written in (
        ("length", "minDurationInMinutes", service.length),
        ("longest", "maxDurationInMinutes", service.longest),
    ):
        bound = _at(chosen, field)
        if isinstance(bound, int) and written is not None:
            yield key, bound, written


def _different(service: Service, key: str, seen: object, written: object) -> Check:
    return wrong(
        f"{key.split()[0].replace('_', '-')}-differs",
        f"service {service.name}",
        seen=f"the target shows {key} {seen}",
        expected=f"{key} {written}, as the target file has it",
        change=f"[services.{service.name}] {key.split()[0]}",
    )


def _at(shown: Any, *path: str) -> Any:
    for step in path:
        shown = shown.get(step) if isinstance(shown, dict) else None
    return shown
