"""What the suites about the catalog share: what a filter has to find among what is known."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import frozen

from bookings_contract.findings.exchange import GUID
from bookings_contract.findings.operations import operation
from bookings_contract.suites.support.queries import stranger, written
from bookings_contract.testkit.comparable import Guid, values
from bookings_contract.testkit.given import Given

Json: TypeAlias = Mapping[str, Any]

_BOUNDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$gt": lambda shown, operand: shown > operand,
    "$gte": lambda shown, operand: shown >= operand,
    "$lt": lambda shown, operand: shown < operand,
    "$lte": lambda shown, operand: shown <= operand,
}
_WITHOUT = {"$ne": "$eq", "$nin": "$in"}
# Enough of what a text begins with to tell it from others.
_BEGINNING = 3


@frozen
class Predicate:
    """One operator of one field with one operand, as a filter has it."""

    field: str
    operator: str
    operand: Any

    @property
    def condition(self) -> Json:
        """As it stands in a filter."""
        return {self.field: {self.operator: written(self.operand)}}

    def passes(self, record: Json) -> bool | None:
        """Whether a record passes; None where nothing says so."""
        return _passes(values(record, self.field), self.operator, self.operand)


def questions(records: Iterable[Json], name: str, given: Given) -> Iterator[Predicate]:
    """A question for each field and operator of an operation that all sources know."""
    listed = operation(name).definition
    open_ones = listed.get("x-open-filters", {})
    known = list(records)
    for field, operators in listed["x-filters"].items():
        shown = sorted({value for record in known for value in values(record, field)})
        if shown:
            judged = [one for one in operators if one not in open_ones.get(field, ())]
            yield from _of_field(field, judged, shown, given)


def _of_field(
    field: str, operators: Sequence[str], shown: Sequence[Any], given: Given
) -> Iterator[Predicate]:
    middle = shown[len(shown) // 2]
    for operator in operators:
        if operator in _BOUNDS and isinstance(middle, Guid):
            continue  # No source says how ids are ordered.
        if operator == "$startsWith":
            yield Predicate(field, operator, str(middle)[:_BEGINNING])
        elif operator in ("$exists", "$isEmpty"):
            yield Predicate(field, operator, operator == "$exists")
        elif operator in ("$in", "$nin", "$hasSome", "$hasAll"):
            nobody = [] if operator == "$hasAll" else stranger(middle, given)
            yield Predicate(field, operator, [middle, *nobody])
        else:
            yield Predicate(field, operator, middle)


def _passes(shown: Sequence[Any], operator: str, operand: Any) -> bool | None:
    if operator in ("$exists", "$isEmpty"):
        # What is not shown may be there all the same.
        there = operator == "$exists" if operand else operator != "$exists"
        return there if shown and shown != [""] else None
    if not shown:
        return None if operator in _WITHOUT else False
    if operator in _WITHOUT:
        return not _passes(shown, _WITHOUT[operator], operand)
    if operator == "$hasAll":
        return all(one in shown for one in operand)
    if operator in ("$in", "$hasSome"):
        return any(one in shown for one in operand)
    each = [_holds(one, operator, operand) for one in shown]
    return True if True in each else None if None in each else False


def _holds(shown: Any, operator: str, operand: Any) -> bool | None:
    if operator == "$eq":
        return bool(shown == operand)
    if operator == "$startsWith":
        return str(shown).lower().startswith(str(operand).lower())
    check = _BOUNDS[operator]
    plain = check(shown, operand)
    if isinstance(shown, str) and not GUID.fullmatch(shown):
        # Languages differ in how they sort letters: only where both ways agree is it judged.
        folded = check(shown.casefold(), operand.casefold())
        return plain if plain == folded and shown.isascii() and operand.isascii() else None
    return plain
