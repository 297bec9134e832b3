"""The contract of the bookings API, as data: the OpenAPI document, its rules, its life cycle."""

from bookings_openapi.document import Move, lifecycle, load
from bookings_openapi.rulebook import Answer, Circumstance, Rule, Source, coming, rules

__all__ = [
    "Answer",
    "Circumstance",
    "Move",
    "Rule",
    "Source",
    "coming",
    "lifecycle",
    "load",
    "rules",
]
