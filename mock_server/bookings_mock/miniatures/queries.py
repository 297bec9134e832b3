"""Filters that are read otherwise than they were sent: shared by miniatures of several sections."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Json: TypeAlias = Mapping[str, Any]


def each_part(change: Callable[[Json], Json]) -> Callable[[Any], Any]:
    """A filter with each of its objects changed, at any depth."""

    def changed(sent: Any) -> Any:
        if isinstance(sent, list):
            return [changed(one) for one in sent]
        if not isinstance(sent, Mapping):
            return sent
        return {key: changed(value) for key, value in change(sent).items()}

    return changed


def without(*names: str) -> Callable[[Any], Any]:
    """A filter, or any other object, that forgets some of its keys, wherever they stand."""
    return each_part(lambda part: {k: value for k, value in part.items() if k not in names})


def spelt(renamed: Mapping[str, str]) -> Callable[[Any], Any]:
    """A filter with other operators in the place of some, wherever they stand."""
    return each_part(lambda part: {renamed.get(key, key): value for key, value in part.items()})


def _one_value(part: Json) -> Json:
    values = part.get("$in")
    return {**part, "$in": values[:1]} if isinstance(values, list) else part


# A filter whose `$in` takes one value only.
first_values = each_part(_one_value)
