"""What is judged: its address, its callers and its services.

It knows nothing of rules, and `locating` finds it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar, cast

from attrs import Attribute, field, frozen
from attrs.converters import optional

from bookings_contract.findings.problems import ConfigurationError, NotJudged
from bookings_contract.findings.sanitise import unsigned
from bookings_contract.target.rows import made

T = TypeVar("T")

KINDS = ("appointment", "class", "course")
PATHS = ("documented", "sdk")
# What kind of caller each name stands for, unless the target file says another.
CALLERS = {
    **dict.fromkeys(("owner", "other_site", "bare_site"), "owner"),
    **dict.fromkeys(("app", "app_all", "reader", "stranger"), "app"),
    **dict.fromkeys(("member", "other_member"), "member"),
    "visitor": "visitor",
}

# The years in which a target's times lie: a life away from where dates begin and end, so that what
# is reckoned from one is a date as well.
YEARS = range(1000, 9000)
_MINUTES_OF_A_YEAR = 366 * 24 * 60


def _one_of(*allowed: str) -> Callable[[object, "Attribute[str]", str], None]:
    def check(_: object, attribute: "Attribute[str]", value: str) -> None:
        if value not in allowed:
            raise ConfigurationError(
                f"{attribute.name} is {value!r}; it has to be one of {', '.join(allowed)}."
            )

    return check


def _from_to(least: float, most: float) -> Callable[[object, "Attribute[Any]", Any], None]:
    def check(_: object, attribute: "Attribute[Any]", value: Any) -> None:
        if not least <= value <= most:
            raise ConfigurationError(
                f"{attribute.name} is {value!r}; it has to be from {least} to {most}."
            )

    return check


def _words(values: Iterable[str]) -> tuple[str, ...]:
    """A list of texts."""
    found = () if isinstance(values, str) else tuple(values)
    if isinstance(values, str) or not all(isinstance(one, str) for one in found):
        raise ConfigurationError(f"{str(values)[:40]!r} is no list of texts.")
    return found


def _set_of_words(values: Iterable[str]) -> frozenset[str]:
    return frozenset(_words(values))


def _moment(value: object) -> str:
    """A time as text; TOML has times of its own, which say the same."""
    text = value.isoformat() if isinstance(value, datetime) else value
    try:
        moment = datetime.fromisoformat(cast(str, text))
    except (TypeError, ValueError):
        raise ConfigurationError(
            f"{value!r} is no time: write one like 2031-03-04T09:00:00Z"
        ) from None
    _require_near(moment.year, f"{text}")
    return cast(str, text)


def _require_near(year: int, what: str) -> None:
    if year not in YEARS:
        raise ConfigurationError(f"{what} is a time beyond all bounds.")


class Secret(str):
    """A value out of the user's environment: it is written down nowhere, whoever is judged."""

    __slots__ = ()


@frozen
class Caller:
    """Someone who calls the API, known by the token."""

    name: str
    token: str = field(repr=False)
    kind: str = field(default="owner", validator=_one_of(*sorted(set(CALLERS.values()))))
    contact_id: str | None = None
    member_id: str | None = None
    wix_user_id: str | None = None
    app_id: str | None = None
    visitor_id: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = field(default=(), converter=_words)
    site: str | None = None


@frozen
class Session:
    """An occupied stretch of a class's or course's schedule."""

    id: str
    start: str | None = field(default=None, converter=optional(_moment))
    end: str | None = field(default=None, converter=optional(_moment))
    capacity: int | None = None
    exclusive: bool = False


@frozen
class Slots:
    """Free times of an appointment: the first, the minutes between two, and how many."""

    start: str = field(converter=_moment)
    # A year at most, and as many as anybody tries.
    step: int = field(validator=_from_to(1, _MINUTES_OF_A_YEAR))
    count: int = field(validator=_from_to(0, 10_000))

    def __attrs_post_init__(self) -> None:
        years = self.step * self.count // _MINUTES_OF_A_YEAR
        _require_near(datetime.fromisoformat(self.start).year + years, "the last slot's start")

    def starts(self) -> tuple[datetime, ...]:
        """When each of them begins."""
        first = datetime.fromisoformat(self.start)
        return tuple(first + timedelta(minutes=self.step * n) for n in range(self.count))


@frozen
class Choice:
    """One option of a service with the variants that it offers."""

    option_id: str
    values: tuple[str, ...] = field(converter=_words)


def _sessions(rows: Iterable[Mapping[str, Any] | Session] | None) -> tuple[Session, ...]:
    return tuple(made(Session, row, "a session") for row in rows or ())


def _slots(row: Mapping[str, Any] | Slots | None) -> Slots | None:
    return None if row is None else made(Slots, row, "slots")


def _choices(rows: Iterable[Mapping[str, Any] | Choice] | None) -> tuple[Choice, ...]:
    return tuple(made(Choice, row, "a choice") for row in rows or ())


@frozen
class Service:
    """Something that can be booked."""

    name: str
    kind: str = field(validator=_one_of(*KINDS))
    id: str
    title: str | None = None
    schedule_id: str | None = None
    resource_id: str | None = None
    timezone: str | None = None
    capacity: int | None = None
    sessions: tuple[Session, ...] = field(default=(), converter=_sessions)
    slots: Slots | None = field(default=None, converter=_slots)
    length: int | None = None
    longest: int | None = None
    manual_approval: bool = False
    requests_affect_availability: bool | None = None
    location: Mapping[str, Any] | None = None
    form: Mapping[str, str] = field(factory=dict)
    choices: tuple[Choice, ...] = field(default=(), converter=_choices)
    payment_options: tuple[str, ...] = field(default=(), converter=_words)
    policy: Mapping[str, Any] = field(factory=dict)

    @property
    def variants(self) -> int:
        """How many variants the service offers; 0 for one without choices."""
        return sum(len(choice.values) for choice in self.choices)

    def allows(self, what: str) -> bool:
        """Whether the service's policy lets customers `book`, `cancel` or `reschedule`."""
        return self.policy.get(what) not in ("closed", "forbidden")


@frozen
class Target:
    """The implementation that is judged, and what the judge may rely on there."""

    url: str
    paths: Literal["documented", "sdk"] = field(default="documented", validator=_one_of(*PATHS))
    settle_s: float = field(default=0.0, validator=_from_to(0, 300))
    may_notify: bool = False
    may_fuzz: bool = False
    without: frozenset[str] = field(default=frozenset(), converter=_set_of_words)
    namespace: str | None = None
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    callers: Mapping[str, Caller] = field(factory=dict)
    services: Mapping[str, Service] = field(factory=dict)
    control: str | None = None
    webhooks: Mapping[str, Any] = field(factory=dict)
    requests_per_minute: int | None = None
    product: str | None = None
    version: str | None = None

    @property
    def ours(self) -> bool:
        """Whether worlds and controls are at hand: then nobody else is in the judge's way."""
        return self.control is not None

    @property
    def title(self) -> str:
        """The address, and who is known to be there."""
        made = f" ({self.product} {self.version or ''}".rstrip() + ")" if self.product else ""
        return f"{unsigned(self.url)}{made}"

    def caller(self, name: str) -> Caller:
        """The caller of this name; one that is not named leaves rules not judged."""
        if name not in self.callers:
            raise NotJudged(f"the target file names no [callers.{name}]")
        return self.callers[name]

    def all_services(
        self,
        kind: str | None = None,
        *,
        manual_approval: bool | None = None,
        variants: int | bool | None = None,
        exclusive: bool | None = None,
        capacity: int | None = None,
        where: Callable[[Service], bool] | None = None,
        **policy: str,
    ) -> tuple[Service, ...]:
        """The services that match, in the target file's order; see `service` for the arguments."""

        def matches(service: Service) -> bool:
            return (
                (kind is None or service.kind == kind)
                and (manual_approval is None or service.manual_approval == manual_approval)
                and _variants_match(service, variants)
                and (capacity is None or capacity in _capacities(service))
                and (not exclusive or self.ours or any(s.exclusive for s in service.sessions))
                and all(service.allows(what) == _allowing(word) for what, word in policy.items())
                and (where is None or where(service))
            )

        return tuple(service for service in self.services.values() if matches(service))

    def service(
        self,
        kind: str | None = None,
        *,
        manual_approval: bool | None = None,
        variants: int | bool | None = None,
        exclusive: bool | None = None,
        capacity: int | None = None,
        where: Callable[[Service], bool] | None = None,
        lacking: str | None = None,
        **policy: str,
    ) -> Service:
        """The first service that matches; a target without one leaves the rule not judged.

        `variants` is their number, or True for two or more, or False for none; `capacity` the
        seats of one of its sessions (of a course: its own). Policies are asked by name:
        `cancel="forbidden"`. `lacking` words what is missing where `where` picks.
        """
        found = self.all_services(
            kind,
            manual_approval=manual_approval,
            variants=variants,
            exclusive=exclusive,
            capacity=capacity,
            where=where,
            **policy,
        )
        if not found:
            wanted = {
                "manual_approval": manual_approval,
                "variants": variants,
                "exclusive": exclusive,
                "capacity": capacity,
                **policy,
            }
            raise NotJudged(_lacking(kind, self._missed(kind, wanted), lacking))
        return found[0]

    def _missed(self, kind: str | None, wanted: Mapping[str, Any]) -> Mapping[str, object]:
        """What is wanted of a service and not everyone of the kind has: what all have is there."""
        all_of_kind = self.all_services(kind)
        return {
            key: value
            for key, value in wanted.items()
            if value is not None and len(self.all_services(kind, **{key: value})) < len(all_of_kind)
        }

    def lacks(self, need: str) -> str | None:
        """Why something that a rule needs is not to be had here, or None if it is."""
        head, _, rest = need.partition(".")
        if head == "callers":
            return None if rest in self.callers else f"the target file names no [callers.{rest}]"
        if head == "services":
            return None if self._offers(rest) else _unnamed(rest)
        reason, present = self._needs().get(head, (f"the target has no {need}", False))
        return None if present else reason

    def _offers(self, key: str) -> bool:
        """Whether a service is of this kind, or has this key."""
        services = self.services.values()
        if key == "shared_resource":
            resources = [service.resource_id for service in services if service.resource_id]
            return len(set(resources)) < len(resources)
        if key.startswith("policy_"):
            return any(not service.allows(key.removeprefix("policy_")) for service in services)
        return any(service.kind == key or _has(service, key) for service in services)

    def _needs(self) -> dict[str, tuple[str, bool]]:
        sessions = [s for service in self.services.values() for s in service.sessions]
        return {
            "control": ("no [control] url named", self.ours),
            "webhook": ("no webhook receiver named", bool(self.webhooks)),
            "receiver": ("it is about receivers of events, not about the API", False),
            "reader": ("the target has no reader", "queryExtendedBookings" not in self.without),
            "namespace": ("no namespace named in [target]", self.ours or bool(self.namespace)),
            "may_notify": ("may_notify is not set in [target]", self.may_notify),
            "exclusive_session": (
                "the target file names no session with exclusive = true",
                self.ours or any(session.exclusive for session in sessions),
            ),
        }


def _has(service: Service, key: str) -> bool:
    value = getattr(service, key, None)
    return value is not None and value is not False and value != () and value != {}


def _allowing(word: str) -> bool:
    return word in ("open", "allowed")


def _capacities(service: Service) -> set[int | None]:
    if service.kind == "course":
        return {service.capacity}
    return {session.capacity for session in service.sessions}


def _variants_match(service: Service, wanted: int | bool | None) -> bool:
    if wanted is None:
        return True
    if wanted is True:
        return service.variants > 1
    return service.variants == int(wanted)


def _lacking(kind: str | None, wanted: Mapping[str, object], words: str | None) -> str:
    if words:
        return f"the target file names no {words}"
    asked = ", ".join(f"{key} = {_plain(value)}" for key, value in wanted.items())
    return f"the target file names no {kind or 'service'}" + (f" with {asked}" if asked else "")


def _unnamed(key: str) -> str:
    """That no service is of this kind or has this key, in the words of the target file."""
    if key in KINDS:
        return f"the target file names no {key}"
    if key == "shared_resource":
        return "the target file names no two services with one resource_id"
    policy = key.removeprefix("policy_")
    if policy == key:
        return f"the target file names no service with {key}"
    word = "closed" if policy == "book" else "forbidden"
    return f'the target file names no service with policy = {{{policy} = "{word}"}}'


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
