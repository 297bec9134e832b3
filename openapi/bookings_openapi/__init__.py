"""The contract of the bookings API, as data: the OpenAPI document, its rules, its life cycle."""

from bookings_openapi.document import Checkout, Move, Order, checkout, lifecycle, load
from bookings_openapi.rulebook import Answer, Circumstance, Rule, Source, coming, rules

__all__ = [
    "Answer",
    "Checkout",
    "Circumstance",
    "Move",
    "Order",
    "Rule",
    "Source",
    "checkout",
    "coming",
    "lifecycle",
    "load",
    "rules",
]
