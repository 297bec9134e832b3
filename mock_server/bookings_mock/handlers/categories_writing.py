"""Categories written: made, renamed, moved and deleted."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.catalog import GAP, Category, found
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.domain.rules import writing as rules_of
from bookings_mock.handlers.catalog_shows import show_category
from bookings_mock.handlers.categories import CATEGORIES
from bookings_mock.handlers.entities import known
from bookings_mock.handlers.handler import Handler


async def create(call: Call) -> Any:
    """Create Category: the last of them."""
    sent, there = call.body["category"], call.world.site.catalog.categories
    made = Category(
        id=call.world.new_id(),
        name=sent["name"],
        position=max((one.position for one in there), default=0) + GAP,
        created=call.ground.now,
        updated=call.ground.now,
        details=_kept(sent),
    )
    one = call.ground.rules(rules_of.kept_category)(made)
    _put(call, (*there, one))
    return {"category": show_category(one)}


async def update(call: Call) -> Any:
    """Update Category."""
    one, sent, rules = (
        _known(call, call.path["categoryId"]),
        call.body["category"],
        call.ground.rules,
    )
    rules.require(rules_of.current, one.revision, sent.get("revision"))
    details = {**one.details, **_kept(sent)}
    return _changed(call, evolve(one, name=sent.get("name") or one.name, details=details))


async def delete(call: Call) -> Any:
    """Delete Category: services that were listed there keep its id."""
    one = _known(call, call.path["categoryId"])
    if call.ground.rules(rules_of.category_leaves)(one):
        left = (other for other in call.world.site.catalog.categories if other.id != one.id)
        _put(call, tuple(left))
    return {}


async def move(call: Call) -> Any:
    """Move Category: to the beginning, to the end, or behind another one."""
    one = _known(call, call.path["categoryId"])
    places = sorted(
        (other for other in call.world.site.catalog.categories if other.id != one.id),
        key=lambda other: other.position,
    )
    at = _place(call, places)
    before = places[at - 1].position if at else 0
    after = places[at].position if at < len(places) else before + 2 * GAP
    if after - before < 2:
        _spread(call, [*places[:at], one, *places[at:]])
        return {"category": show_category(_known(call, one.id))}
    return _changed(call, evolve(one, position=(before + after) // 2))


def _place(call: Call, places: list[Category]) -> int:
    position = call.body.get("position") or "FIRST"
    if position != "AFTER_CATEGORY":
        return 0 if position == "FIRST" else len(places)
    wanted = call.body.get("afterCategoryId")
    if not wanted:
        raise RuleBroken("SHAPE-3", "must be given with AFTER_CATEGORY", field="afterCategoryId")
    ids = [other.id for other in places]
    behind = _known(call, wanted).id
    return ids.index(behind) + 1 if behind in ids else len(places)


def _spread(call: Call, in_order: list[Category]) -> None:
    """Every one of them at a new place, far from the others."""
    places = {one.id: GAP * (number + 1) for number, one in enumerate(in_order)}
    there = call.world.site.catalog.categories
    _put(call, tuple(evolve(one, position=places[one.id]) for one in there))


def _changed(call: Call, one: Category) -> dict[str, Any]:
    revision = call.ground.rules(rules_of.next_revision)(one.revision)
    changed = evolve(one, revision=revision, updated=call.ground.now)
    there = call.world.site.catalog.categories
    _put(call, tuple(changed if other.id == changed.id else other for other in there))
    return {"category": show_category(changed)}


def _kept(sent: Mapping[str, Any]) -> dict[str, Any]:
    fields = sent.get("extendedFields")
    return {"extendedFields": fields} if fields is not None else {}


def _known(call: Call, category_id: str) -> Category:
    shown = known(call, CATEGORIES, category_id)
    one = found(call.world.site.catalog.categories, shown["id"])
    assert one is not None
    return one


def _put(call: Call, categories: tuple[Category, ...]) -> None:
    site = call.world.site
    call.world.change(evolve(site, catalog=evolve(site.catalog, categories=categories)))


OPERATIONS: Mapping[str, Handler] = {
    "createCategory": create,
    "updateCategory": update,
    "deleteCategory": delete,
    "moveCategory": move,
}
