"""What the suites about attendance share: who may have come, setting it, and finding it again."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached, Unreadable
from bookings_contract.suites.support.calls import reached
from bookings_contract.suites.support.queries import cursor
from bookings_contract.target.places import Place
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.given import Given, What
from bookings_contract.testkit.scenario import Scenario

SET, GET, QUERY = "setAttendance", "getAttendance", "queryAttendance"
Object = Mapping[str, Any]

# As many as a page has room for in every account of it; and pages before a search is given up.
_PAGE, _PAGES = 100, 10
# What an attendance object says of itself before anybody has set it.
UNSET = "NOT_SET"


@frozen
class Story:
    """A confirmed booking, and the names of its sessions as setAttendance takes them."""

    booking: Seen
    place: Place
    sessions: tuple[Mapping[str, str], ...]

    @property
    def filter(self) -> dict[str, Any]:
        """Finds the booking's own objects."""
        return {"bookingId": self.booking.id}


def confirmed(given: Given, what: What, sessions: int = 1, **body: Any) -> Story:
    """A confirmed booking of a place or kind, with so many sessions to attend."""
    place = _course(given, sessions) if what == "course" else given.place(what)
    booking = given.booking(place, "CONFIRMED", **body)
    if place.service.kind == "course":
        ids = [session.id for session in place.service.sessions]
        return Story(booking, place, tuple({"sessionId": one} for one in ids))
    return Story(booking, place, _names(given, booking, place))


def _course(given: Given, sessions: int) -> Place:
    service = given.service(
        "course",
        variants=False,
        book="open",
        where=lambda course: len(course.sessions) >= sessions,
        lacking=f"course with {sessions} sessions",
    )
    return given.course(service)


def _names(given: Given, booking: Seen, place: Place) -> tuple[Mapping[str, str], ...]:
    """The session of a slot by each of the names that the booking shows for it."""
    shown = given.read(booking)
    slot = (shown or booking).slot
    names = [{key: str(slot[key])} for key in ("sessionId", "eventId") if slot.get(key)]
    if not names and place.session is not None:
        names = [{"sessionId": place.session.id}]
    if not names:
        raise NotJudged(f"a booking of {place.service.name} shows no session to attend")
    return tuple(names)


def set_attendance(
    client: Client,
    story: Story,
    status: str = "ATTENDED",
    *,
    number: int | None = None,
    session: int | Mapping[str, Any] = 0,
) -> Answer:
    """Sets who came to a session, told by its place in the story or by its name."""
    name = story.sessions[session] if isinstance(session, int) else session
    attendance = {"bookingId": story.booking.id, "status": status, **name}
    if number is not None:
        attendance["numberOfAttendees"] = number
    return client.call(SET, body={"attendance": attendance})


def made(answer: Answer) -> Object:
    """The object that an answer shows, an arrangement having succeeded."""
    found = reached(answer).at("attendance")
    if not isinstance(found, Mapping) or not found.get("id"):
        raise Unreadable("an answered attendance lacks its id")
    return found


def query(client: Client, **asked: Any) -> Answer:
    """A query of attendance."""
    return client.call(QUERY, body={"query": asked})


def objects(answer: Answer) -> list[Object]:
    """The objects on a page."""
    found: list[Object] = answer.at("attendances")
    return found


def found(client: Client, filter: Mapping[str, Any]) -> tuple[list[Object], Answer]:
    """All objects that a filter finds, and the last page's answer; the first may be a refusal."""
    answer = query(client, filter=dict(filter), cursorPaging={"limit": _PAGE})
    everything: list[Object] = []
    for _ in range(_PAGES):
        if not answer.accepted:
            return everything, answer
        everything += objects(answer)
        onwards = cursor(answer)
        if onwards is None:
            return everything, answer
        answer = query(client, cursorPaging={"cursor": onwards, "limit": _PAGE})
    raise NotJudged(f"more than {_PAGE * _PAGES} attendance objects are in the way")


def stored(given: Given, story: Story) -> list[Object]:
    """The objects of a booking that say something: all but those that nobody has set yet."""
    given.settle()
    there, answer = found(given.client, story.filter)
    if not answer.accepted:
        raise NotReached(f"querying attendance was answered {answer.summary}")
    return [one for one in there if one.get("status") != UNSET]


def rendered(one: Object) -> str:
    """An object in words."""
    return f"{one.get('status')}, {one.get('numberOfAttendees')}"


def course_objects(scenario: Scenario, *numbers: int | None) -> list[Object]:
    """The objects of one course booking, a session each: so many came, None for nobody."""
    most = max(number or 1 for number in numbers)
    story = confirmed(scenario.given, "course", sessions=len(numbers), participants=most)
    own = [
        attended(scenario.client, story, number, session) for session, number in enumerate(numbers)
    ]
    scenario.given.settle()
    return own


def attended(
    client: Client, story: Story, number: int | None = 1, session: int | Mapping[str, Any] = 0
) -> Object:
    """So many came to a session; None for nobody."""
    status = "NOT_ATTENDED" if number is None else "ATTENDED"
    return made(set_attendance(client, story, status, number=number, session=session))


def of_booking(own: Sequence[Object]) -> dict[str, Any]:
    """Finds the objects of one booking."""
    return {"bookingId": own[0]["bookingId"]}
