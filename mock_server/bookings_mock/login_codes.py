"""Codes that a login on the site's page ends with: of which redirect session, and who logged in."""

from attrs import frozen

from bookings_mock import sealed

_PURPOSE = "login code"


@frozen
class LoginCode:
    """What a code says of itself; true only if it is genuine."""

    site: str
    world: str
    redirect_id: str
    member: str
    text: str


def mint(site: str, world: str, redirect_id: str, member: str, secret: bytes) -> str:
    """The code for a member, by name, who logs in by a redirect session."""
    return sealed.seal((site, world, redirect_id, member), _PURPOSE, secret)


def read(text: str) -> LoginCode | None:
    """What a code says, None for what is none."""
    said = sealed.read(text, 4)
    if said is None:
        return None
    site, world, redirect_id, member = said
    return LoginCode(site, world, redirect_id, member, text)


def is_genuine(code: LoginCode, secret: bytes) -> bool:
    """Whether the world with this secret has made the code."""
    return sealed.is_genuine(code.text, _PURPOSE, secret)
