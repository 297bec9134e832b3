"""Services written: created, changed and deleted, one by one and in bulk."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.booking import CONFIRMED, PENDING
from bookings_mock.domain.rules import writing as rules_of
from bookings_mock.domain.service import Service, Session
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.itemwise import each
from bookings_mock.handlers.service_reads import new_service, parts_of
from bookings_mock.handlers.service_shows import show_service
from bookings_mock.handlers.services import known_service

Json = Mapping[str, Any]

# Whose bookings take part in a session.
ALIVE = (CONFIRMED, PENDING)


async def create(call: Call) -> Any:
    """Create Service."""
    return {"service": _created(call, call.body["service"])}


async def create_all(call: Call) -> Any:
    """Bulk Create Services: one that can't be made fails alone."""

    async def create_one(sent: Json) -> tuple[str, Any]:
        shown = _created(call, sent)
        return shown["id"], shown

    wanted = bool(call.body.get("returnEntity"))
    return await each(call, call.body["services"], lambda sent: None, create_one, wanted)


async def update(call: Call) -> Any:
    """Update Service."""
    return {"service": _updated(call, call.path["serviceId"], call.body["service"])}


async def update_all(call: Call) -> Any:
    """Bulk Update Services: one that can't be changed fails alone."""

    async def update_one(item: Json) -> tuple[str, Any]:
        sent, mask = item["service"], item.get("mask")
        kept = {"id", "revision", *(path.partition(".")[0] for path in mask or sent)}
        shown = _updated(call, sent["id"], {key: sent[key] for key in sent if key in kept})
        return shown["id"], shown

    wanted = bool(call.body.get("returnEntity"))
    items = call.body["services"]
    return await each(call, items, lambda item: item["service"]["id"], update_one, wanted)


async def delete(call: Call) -> Any:
    """Delete Service: its bookings are still there."""
    _deleted(call, call.path["serviceId"])
    return {}


async def delete_all(call: Call) -> Any:
    """Bulk Delete Services: one that is not there fails alone."""

    async def delete_one(service_id: str) -> tuple[str, Any]:
        _deleted(call, service_id)
        return service_id, None

    return await each(call, call.body["ids"], str, delete_one, entity=False)


def _created(call: Call, sent: Json) -> dict[str, Any]:
    service = new_service(call, sent)
    site = call.world.site
    call.world.change(evolve(site, services=(*site.services, service)))
    return show_service(service, call.world.site, call.base_url)


def _updated(call: Call, service_id: str, sent: Json) -> dict[str, Any]:
    service, rules = known_service(call, service_id, "service"), call.ground.rules
    rules.require(rules_of.current, service.revision, sent.get("revision"))
    shown = show_service(service, call.world.site, call.base_url)
    # What a service is, and where it takes place, is written once.
    written = {key: sent[key] for key in sent if key not in ("type", "locations", "id")}
    merged = {key: rules(rules_of.changed_part)(shown.get(key), written[key]) for key in written}
    # What stays as it was is not judged anew: clients send back all that they have read.
    different = {key: merged[key] for key in merged if merged[key] != shown.get(key)}
    changed = evolve(
        service,
        **parts_of(call, service, different),
        revision=rules(rules_of.next_revision)(service.revision),
        updated=call.ground.now,
    )
    if changed.manual_approval > service.manual_approval:
        paid = merged.get("payment", shown["payment"])
        rules.require(rules_of.approved_without_plans, paid, changed.manual_approval)
    if changed.resources != service.resources:
        rules.require(rules_of.has_somebody, changed.kind, len(changed.resources))
    _put(call, rules(rules_of.as_written)(changed))
    return show_service(changed, call.world.site, call.base_url)


def _put(call: Call, changed: Service) -> None:
    site = call.world.site
    services = tuple(changed if one.id == changed.id else one for one in site.services)
    call.world.change(evolve(site, services=services))


def _deleted(call: Call, service_id: str) -> None:
    service = known_service(call, service_id, "service")
    preserved = {**call.query, **(call.body or {})}.get("preserveFutureSessionsWithParticipants")
    sessions = tuple(_called_off(call, one, bool(preserved)) for one in service.sessions)
    last = evolve(service, sessions=sessions, updated=call.ground.now)
    gone = call.ground.rules(rules_of.deleted)(last)
    if not gone.gone:
        return
    site = call.world.site
    left = tuple(one for one in site.services if one.id != service.id)
    call.world.change(evolve(site, services=left, deleted=(*site.deleted, gone)))


def _called_off(call: Call, session: Session, preserved: bool) -> Session:
    """A session of a service that is deleted: those ahead are canceled, unless someone is there."""
    over = session.start <= call.ground.now
    kept = preserved and any(True for _ in call.world.in_session(session.id, ALIVE))
    return session if over or kept else evolve(session, canceled=True, updated=call.ground.now)


OPERATIONS: Mapping[str, Handler] = {
    "createService": create,
    "bulkCreateServices": create_all,
    "updateService": update,
    "bulkUpdateServices": update_all,
    "deleteService": delete,
    "bulkDeleteServices": delete_all,
}
