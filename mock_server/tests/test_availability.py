"""Seats are what the bookings hold, whatever happened before."""

from hypothesis import HealthCheck, given, settings, strategies as st

ACTIONS = ("confirm", "decline", "cancel", "settle", "pay", "more", "move", "pend", "create")


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(ACTIONS), st.integers(0, 9), st.integers(1, 4)), max_size=25
    ),
)
def test_after_any_sequence_seats_taken_are_those_of_the_bookings_that_hold_them(api, steps):
    api.http.post("/_mock/reset?world=any")
    token = "owner-token@any"
    services = ["yoga", "workshop", "spanish", "choir"]
    known: list[str] = []
    for action, which, number in steps:
        if action == "create" or not known:
            answer = api.create(services[which % 4], participants=number, token=token)
            known += [answer.json()["booking"]["id"]] if answer.status_code == 200 else []
        else:
            _act(api, token, known[which % len(known)], action, number)
    _assert_totals(api, token, known)


def _act(api, token, booking_id, action, number):
    booking = _read(api, token, booking_id)
    revision = {"revision": booking["revision"]}
    there = {"slot": {"sessionId": api.session("yoga", nth=number)["id"]}}
    paths = {
        "confirm": ("confirm", revision),
        "decline": ("decline", revision),
        "cancel": ("cancel", revision),
        "more": ("update_number_of_participants", {**revision, "totalParticipants": number}),
        "move": ("reschedule", {**revision, **there}),
        "pend": ("mark_booking_as_pending", revision),
    }
    if action in paths:
        path, body = paths[action]
        api.post(f"/bookings/v2/bookings/{booking_id}/{path}", body, token)
    else:
        body = {"paymentStatus": "PAID"} if action == "pay" else {}
        api.post(f"/bookings/v2/confirmation/{booking_id}:confirmOrDecline", body, token)


def _read(api, token, booking_id):
    body = {"query": {"filter": {"id": booking_id}}}
    answer = api.post("/_api/bookings-reader/v2/extended-bookings/query", body, token)
    return answer.json()["extendedBookings"][0]["booking"]


def _assert_totals(api, token, known):
    held: dict[str, int] = {}
    for booking_id in known:
        booking = _read(api, token, booking_id)
        if booking["status"] in ("CONFIRMED", "PENDING"):
            entity = booking["bookedEntity"]
            place = (
                entity["slot"]["sessionId"]
                if "slot" in entity
                else entity["schedule"]["scheduleId"]
            )
            held[place] = held.get(place, 0) + booking["totalParticipants"]
    calendar = api.http.get("/_mock/sessions", headers={"authorization": token}).json()["sessions"]
    for session in calendar:
        expected = held.get(session["id"], 0) + held.get(session["scheduleId"], 0)
        assert session["totalNumberOfParticipants"] == expected
