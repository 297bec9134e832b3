"""What can't be answered has not happened: an answer is made before what it tells counts."""

import re
from pathlib import Path
from typing import Any

import pytest

import bookings_mock
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.rim import middleware
from bookings_mock.world import essence

WRITER = "/bookings/v2/bookings"
APP = "13d21c63-b5ec-5912-8397-c3a5ddb27a97"
CLIENT = {"grantType": "anonymous"}


def kept(api: Any) -> dict[str, Any]:
    """All that the default world holds and has listed, without where its ids have got to."""
    (world,) = api.mock.worlds.names()["default"].values()
    aside = {"_random", "_event_random", "_latest"}
    return {name: listed(one) for name, one in world.kept().items() if name not in aside}


def listed(store: Any) -> Any:
    """A store without the places in it where nothing is."""
    if not isinstance(store, dict):
        return store
    return {key: listed(one) for key, one in store.items() if one is None or one}


def line(booking: Any) -> dict[str, Any]:
    return {"quantity": 1, "catalogReference": {"appId": APP, "catalogItemId": booking["id"]}}


def attendance(api: Any, booking: Any) -> Any:
    sent = {"bookingId": booking["id"], "sessionId": api.session()["id"], "status": "ATTENDED"}
    return api.post("/bookings/v2/attendance/set", {"attendance": sent})


def cart(api: Any, booking: Any) -> Any:
    return api.post("/ecom/v2/carts", {"catalogItems": [line(booking)]}, "visitor-token")


def current(api: Any, booking: Any) -> Any:
    path = "/ecom/v1/carts/current/add-to-cart"
    return api.post(path, {"lineItems": [line(booking)]}, "visitor-token")


def token(api: Any, booking: Any) -> Any:
    client = api.site["callers"]["app"]["client_id"]
    return api.http.post("/oauth2/token", json={**CLIENT, "clientId": client})


def unattended(api: Any, booking: Any) -> Any:
    made = attendance(api, booking).json()["attendance"]["id"]
    path = f"/bookings/v2/attendance/{made}"
    return lambda: api.http.delete(path, headers={"authorization": "owner-token"})


def removed(api: Any, booking: Any) -> Any:
    made = cart(api, booking).json()["cart"]["id"]
    path = f"/ecom/v2/carts/{made}"
    return lambda: api.http.delete(path, headers={"authorization": "visitor-token"})


def placed(api: Any, booking: Any) -> Any:
    made = cart(api, booking).json()["cart"]["id"]
    return lambda: api.post(f"/ecom/v2/carts/{made}/place-order", {}, "visitor-token")


def bought(api: Any, booking: Any) -> Any:
    current(api, booking)
    path = "/ecom/v1/carts/current/create-checkout"
    made = api.post(path, {"channelType": "WEB"}, "visitor-token").json()["checkoutId"]
    return lambda: api.post(f"/ecom/v1/checkouts/{made}/create-order", {}, "visitor-token")


def given(api: Any, booking: Any) -> Any:
    sent = {"service": "yoga", "status": "CONFIRMED"}
    return lambda: api.http.post("/_mock/given", json=sent)


def ordered(api: Any, booking: Any) -> Any:
    sent = {"bookingId": booking["id"], "order": "APPROVED"}
    return lambda: api.http.post("/_mock/checkout", json=sent)


# What changes a world: each is made ready, and answers the call that then changes it.
CHANGES = {
    "creating": lambda api, booking: lambda: api.create("haircut"),
    "a contact": lambda api, booking: (
        lambda: api.create("haircut", contactDetails={"email": "new@example.com"})
    ),
    "confirming": lambda api, booking: lambda: api.act(booking, "confirm"),
    "data": lambda api, booking: (
        lambda: api.post(
            f"{WRITER}/{booking['id']}/update_extended_fields",
            {"namespace": "@studio/planner", "namespaceData": {"a": 1}},
        )
    ),
    "attendance": lambda api, booking: lambda: attendance(api, booking),
    "attendance gone": unattended,
    "a cart": lambda api, booking: lambda: cart(api, booking),
    "a cart gone": removed,
    "the current cart": lambda api, booking: lambda: current(api, booking),
    "an order": placed,
    "an order by a checkout": bought,
    "given": given,
    "an order by hand": ordered,
    "a token": lambda api, booking: lambda: token(api, booking),
}


@pytest.mark.parametrize("how", CHANGES)
def test_whatever_fails_before_its_answer_is_made_changes_nothing(serve, monkeypatch, how):
    api = serve()
    call = CHANGES[how](api, api.booked())
    before = kept(api)
    with monkeypatch.context() as wrong:
        wrong.setattr(middleware, "_checked", _fails)
        failed = call()
    assert (failed.status_code, kept(api)) == (500, before)
    answer = call()
    assert answer.status_code == 200, answer.text
    assert kept(api) != before


def _fails(body: Any, operation: Any) -> Any:
    raise AssertionError("the answer is not the declared one")


@pytest.mark.parametrize("what", [object(), {1: 2}, "\ud800", 2**70])
def test_what_can_not_be_told_is_asked_for_in_vain(serve, monkeypatch, what):
    api = serve()
    booking = api.booked()
    before = kept(api)
    checked = middleware._checked

    def spoilt(body: Any, operation: Any) -> Any:
        return checked({**body, "more": what}, operation)

    monkeypatch.setattr(middleware, "_checked", spoilt)
    answer = api.act(booking, "confirm")
    assert (answer.status_code, kept(api)) == (400, before)
    (wrong,) = answer.json()["details"]["validationError"]["fieldViolations"]
    assert wrong["description"].startswith("asks for what could not be answered")
    # Who only reads has asked for nothing of it.
    assert api.http.get("/_mock/sessions").status_code == 500


def test_a_refusal_leaves_what_it_has_seen_to_itself(serve):
    api = serve()
    api.booked()
    (world,) = api.mock.worlds.names()["default"].values()

    def refused() -> None:
        with world.changes.all_or_nothing(unless=(RuleBroken,)) as changes:
            world.count_issued("any")
            assert len(changes) == 1
            raise RuleBroken("CONFIRM-1", "why")

    with pytest.raises(RuleBroken):
        refused()
    assert world.issued["any"] == 1


def test_no_store_of_a_world_is_changed_but_by_the_world() -> None:
    stores = "|".join(one for one in essence() if "random" not in one)
    wild = re.compile(
        rf"\.({stores})(\[[^\]]*\] = |\.(pop|append|extend|clear|update|setdefault)\(| = )"
        rf"|del \S*\.({stores})\["
    )
    folder = Path(bookings_mock.__file__).parent
    files = [one for one in folder.rglob("*.py") if "miniatures" not in one.parts]
    found = [
        f"{one.name}: {line.strip()}"
        for one in files
        if one.name not in ("world.py", "pages.py")
        for line in one.read_text("utf-8").splitlines()
        if wild.search(line)
    ]
    assert found == []
