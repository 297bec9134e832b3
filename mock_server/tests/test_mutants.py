"""What loads is whole: every damage that can be done to a saved state is refused, or harmless."""

import copy
import json
import os
import random
import re
from datetime import UTC, datetime

import httpx
import pytest

import bookings_openapi
from bookings_mock.app import build
from bookings_mock.clock import frozen_at
from bookings_mock.files import FileError, read_site_file
from bookings_mock.inprocess import transport
from bookings_mock.saved import state
from bookings_mock.site import SiteError

from .conftest import Api

MOMENT = datetime(2031, 2, 28, 9, 30, tzinfo=UTC)
READER = "/_api/bookings-reader/v2/extended-bookings/query"
CONTROLS = ("site", "sessions", "events", "messages", "clock", "readings", "requests")
APP = bookings_openapi.load()["x-apps"]["bookings"]
CHECKOUTS, CURRENT = "/ecom/v1/checkouts", "/ecom/v1/carts/current/add-to-cart"
REDIRECTS = "/_api/redirects-api/v1/redirect-session"
WHOLE = "/_api/bookings-service/v2/multi_service_bookings"
# Other mutants than the usual ones are made from another first seed.
MUTANTS, PARTS, FIRST = 400, 8, int(os.environ.get("BOOKINGS_MUTANTS_FROM", "0"))


def _lived(api):
    """A state in which something of everything has happened."""
    details = {
        "contactDetails": {"email": "ada@example.com", "phone": "+353 1", "firstName": "Ada"},
        "extendedFields": {"namespaces": {"@studio/planner": {"$": [1, {"a": None}]}}},
    }
    told = {"participantNotification": {"notifyParticipants": True, "metadata": {"a": "b"}}}
    for service in ("haircut", "spanish", "massage"):
        body = {"booking": {"bookedEntity": api.entity(service), "totalParticipants": 1, **details}}
        answer = api.post("/bookings/v2/bookings", {**body, **told, "sendSmsReminder": True})
        if answer.status_code == 200:
            booking = api.done(api.act(answer.json()["booking"], "confirm", **told))
    api.act(booking, "cancel")
    held = api.done(api.act(api.booked("yoga", session={"capacity": 10}), "confirm"))
    sent = {"bookingId": held["id"], "sessionId": api.session()["id"], "status": "ATTENDED"}
    assert api.post("/bookings/v2/attendance/set", {"attendance": sent}).status_code == 200
    waiting = {"waitingResource": api.session()["id"], "formInfo": {}}
    api.post("/bookings/v1/waitlist/register", waiting)
    _bought(api)
    _waited(api)
    parts = [{"bookedEntity": {"slot": api.slot("haircut", nth=n)}} for n in (4, 5)]
    for part in parts:
        part |= {"totalParticipants": 1, "contactDetails": {"email": "ada@example.com"}}
    whole = {"bookings": parts, "multiServiceBookingType": "SEQUENTIAL_BOOKINGS"}
    assert api.post(WHOLE, whole).status_code == 200
    assert api.http.post("/_mock/snapshots", json={"name": "before"}).status_code == 200
    api.http.post("/_mock/clock", json={"advance": "P1D"})
    api.http.post("/_mock/readings", json={"readings": {"CANCEL-5": "B"}})


def _bought(api):
    """A cart, a checkout with its order, the cart of the site, and the ways to their pages."""
    lines = [_line(api.booked("haircut", session={"nth": n})) for n in (1, 2, 3)]
    cart, checkout, current = (
        api.post("/ecom/v2/carts", {"catalogItems": lines[:1]}, "visitor-token"),
        api.post(CHECKOUTS, {"channelType": "WEB", "lineItems": lines[1:2]}, "visitor-token"),
        api.post(CURRENT, {"lineItems": lines[2:]}, "member-token"),
    )
    assert {cart.status_code, checkout.status_code, current.status_code} == {200}, current.text
    leads = {"ecomCheckout": {"checkoutId": cart.json()["cart"]["id"]}}
    assert api.post(REDIRECTS, leads, "visitor-token").status_code == 200
    number = checkout.json()["checkout"]["id"]
    ordered = api.post(f"{CHECKOUTS}/{number}/create-order", {}, "visitor-token")
    assert ordered.status_code == 200, ordered.text


def _line(booking):
    reference = {"appId": APP, "catalogItemId": booking["id"]}
    return {"quantity": 1, "catalogReference": reference}


def _waited(api):
    """A place that was freed, and offered to those who wait for it."""
    session = api.session(capacity=1, nth=1)["id"]
    held = api.booked("yoga", session={"capacity": 1, "nth": 1})
    held = api.done(api.act(held, "confirm"))
    form = {"contactDetails": {"email": "bob@example.com"}}
    sent = {"waitingResource": session, "formInfo": form}
    assert api.post("/bookings/v1/waitlist/register", sent).status_code == 200
    api.done(api.act(held, "cancel"))


@pytest.fixture(scope="module")
def good():
    built = build(clock=frozen_at(MOMENT))
    with _client(built) as client:
        _lived(Api(client))
    return json.loads(json.dumps(state(built.mock)))


def _client(built):
    return httpx.Client(transport=transport(built.app), base_url="http://mock")


# Damage


def _places(tree):
    """Every place in a tree, as the container and the key in it; long lists by their first few."""
    keys = list(tree) if isinstance(tree, dict) else range(min(len(tree), 8))
    for key in keys:
        yield tree, key
        if isinstance(tree[key], dict | list):
            yield from _places(tree[key])


def _delete(draw, tree, place):
    container, key = place
    del container[key]


def _set(*values):
    def put(draw, tree, place):
        container, key = place
        container[key] = draw.choice(values)

    return put


def _from_elsewhere(draw, tree, place):
    container, key = place
    other, name = draw.choice(list(_places(tree)))
    container[key] = copy.deepcopy(other[name])


def _of_the_same_type(draw, tree, place):
    container, key = place
    alike = [o[k] for o, k in _places(tree) if type(o[k]) is type(container[key])]
    container[key] = copy.deepcopy(draw.choice(alike))


def _twice(draw, tree, place):
    container, key = place
    if isinstance(container, list):
        container.append(copy.deepcopy(container[key]))
    else:
        container[f"{key}2"] = copy.deepcopy(container[key])


DAMAGES = {
    "deleted": _delete,
    "null": _set(None),
    "of another type": _set(True, 7, -1, 1.5, "x", "", [], {}, [1], {"a": 1}),
    "too large": _set(2**70, 2**63, -(2**62), 10**15, "x" * 5000, "9999-12-31T23:59:59+00:00"),
    "a foreign tag": _set({"$": "Popen", "#": 1}, {"$": "World"}, {"$": []}, {"$": "Shared"}),
    "a foreign reference": _set({"$": "again", "#": 99999}, {"$": "again", "#": 0}, {"$": "again"}),
    "from elsewhere": _from_elsewhere,
    "of the same type": _of_the_same_type,
    "twice": _twice,
}


def _mutant(good, seed):
    draw, mutant = random.Random(seed), copy.deepcopy(good)
    # A file is hardly anything but its world.
    tree = mutant["world"] if draw.random() < 0.95 else mutant
    name = draw.choice(list(DAMAGES))
    DAMAGES[name](draw, tree, draw.choice(list(_places(tree))))
    return name, mutant


# What becomes of it


def _read_and_moved(api):
    """Everything that can be read is read, and every booking is moved in every way."""
    yield from (api.http.get(f"/_mock/{name}") for name in CONTROLS)
    yield api.post("/bookings/v2/attendance/query", {"query": {}})
    yield api.post("/bookings/v2/services/query", {"query": {}})
    yield api.post("/ecom/v1/orders/search", {"search": {}})
    for session in api.services["yoga"]["sessions"][:8]:
        yield _got(api, f"/bookings/v1/waitlist/list?waitingResources={session['id']}")
    yield _got(api, "/ecom/v1/carts/current", "member-token")
    found = api.post(READER, {"query": {}, "withBookingAllowedActions": True})
    yield found
    if found.status_code == 200:
        for one in found.json()["extendedBookings"]:
            yield from _moved(api, one["booking"])
    yield from (api.create(service) for service in api.services)
    yield from _asked_as_documented(api)
    yield api.http.post("/_mock/snapshots/before", json={"restore": True})
    yield api.http.post("/_mock/clock", json={"advance": "P400D"})
    yield from (api.http.get(f"/_mock/{name}") for name in CONTROLS)


def _reads():
    """Every operation of the document that only reads: its method, path and what bodies it takes.

    The document's examples, and all that there is.
    """
    for path, item in bookings_openapi.load(controls=False)["paths"].items():
        for method in {"get", "post"} & item.keys():
            operation = item[method]
            if method == "get":
                yield method, path, [None]
            elif re.match(_READING, operation["operationId"]):
                content = operation["requestBody"]["content"]["application/json"]
                bodies = [one["value"] for one in content.get("examples", {}).values()]
                whole = [{name: {}} for name in ("query", "search", "filter") if name in bodies[0]]
                yield method, path, [*bodies, *whole]


_READING = "query|search|list|count|get|calculate|preview|validate|estimate"
READS = tuple(_reads())


def _asked_as_documented(api):
    """Every read is asked, also for each thing of which another told the id."""
    schedules = {one["schedule_id"] for one in api.services.values()}
    found = {"/_api/availability-calendar/v2/availability/schedule": schedules}
    for method, path, bodies in READS:
        for body in () if "{" in path else bodies:
            for service in ("haircut", "yoga") if "serviceId" in str(body) else ("haircut",):
                sent = _about(api.services[service]["id"], body)
                answer = api.http.request(method, path, json=sent, headers=_OWNER)
                found.setdefault(path, set()).update(_ids(answer.json()))
                yield answer
    for method, path, bodies in READS:
        place, inside, _ = path.partition("/{")
        listed = {one for other, ids in found.items() if other.startswith(place) for one in ids}
        for one in sorted(listed) if inside else ():
            named = re.sub(r"\{\w+\}", one, path)
            yield api.http.request(method, named, json=bodies[0], headers=_OWNER)


_OWNER = {"authorization": "owner-token"}


def _about(service_id, body):
    """The body, about this service."""
    if isinstance(body, list):
        return [_about(service_id, one) for one in body]
    if not isinstance(body, dict):
        return body
    return {k: service_id if k == "serviceId" else _about(service_id, body[k]) for k in body}


def _ids(shown):
    """The ids that an answer shows."""
    if isinstance(shown, list):
        for one in shown:
            yield from _ids(one)
    elif isinstance(shown, dict):
        if isinstance(shown.get("id"), str) and len(shown["id"]) == 36:
            yield shown["id"]
        for one in shown.values():
            yield from _ids(one)


def _got(api, path, token="owner-token"):
    return api.http.get(path, headers={"authorization": token})


def _moved(api, booking):
    path, entity = f"/bookings/v2/bookings/{booking['id']}", booking["bookedEntity"]
    told = {"participantNotification": {"notifyParticipants": True}}
    bodies = {
        "markBookingAsPending": told,
        "confirm": {"paymentStatus": "PAID", **told},
        "reschedule": {"slot": entity.get("slot", {}), **told},
        "update-number-of-participants": {"totalParticipants": 2},
        "decline": told,
        "cancel": told,
    }
    for action, body in bodies.items():
        answer = api.post(f"{path}/{action}", {"revision": booking["revision"], **body})
        yield answer
        if answer.status_code == 200:
            booking = answer.json()["booking"]
    for order in ("CREATED", "APPROVED"):
        sent = {"bookingId": booking["id"], "order": order}
        yield api.http.post("/_mock/checkout", json=sent)
    yield api.settle(booking)


def _paid(api, mock):
    """Every cart and checkout is read, ordered and paid; every order is read, paid and canceled."""
    world = mock.worlds.get("studio", "default")
    for number, purchase in list(world.purchases.items()):
        path = "/ecom/v2/carts" if purchase.kind == "cart" else CHECKOUTS
        yield _got(api, f"{path}/{number}")
        yield api.http.get(f"/_mock/pay/{number}")
        yield api.http.post(f"/_mock/pay/{number}", json={"outcome": "PAID"})
        yield api.post(f"{path}/{number}/place-order", {}, "visitor-token")
    for number in list(world.orders):
        yield _got(api, f"/ecom/v1/orders/{number}")
        yield api.post(f"/ecom/v1/payments-collector/orders/{number}/mark-as-paid", {})
        yield api.post(f"/ecom/v1/orders/{number}/cancel", {})
    for number in world.redirects:
        yield api.http.get(f"/_mock/redirects/{number}")


def _outcome(mutant, path):
    """Why it is refused, None where it is served as if nothing had been done to it."""
    path.write_text(json.dumps(mutant))
    try:
        built = build(read_site_file(path), clock=frozen_at(MOMENT))
    except (FileError, SiteError) as refused:
        return str(refused)
    with _client(built) as client:
        api = Api(client)
        for answer in (*_read_and_moved(api), *_paid(api, built.mock)):
            assert answer.status_code < 500, (answer.request.url, answer.text)
    build(json.loads(json.dumps(state(built.mock))), clock=frozen_at(MOMENT))
    return None


@pytest.mark.parametrize("part", range(PARTS))
def test_a_state_that_was_damaged_is_refused_or_served_whole(good, tmp_path, part):
    harmless = 0
    for seed in range(FIRST + part, FIRST + MUTANTS, PARTS):
        name, mutant = _mutant(good, seed)
        try:
            said = _outcome(mutant, tmp_path / "day.json")
        except Exception as error:
            error.add_note(f"mutant {seed}: {name}")
            raise
        harmless += said is None
        assert len(said or "") <= 500 + len(str(tmp_path / "day.json: "))
    assert 0 < harmless < MUTANTS / PARTS / 2


def test_a_state_to_which_nothing_was_done_is_served(good, tmp_path):
    assert _outcome(good, tmp_path / "day.json") is None
