"""Who calls: tokens, identities, scopes, and the world that a token selects."""

import re
from collections.abc import Mapping
from typing import Any

from attrs import frozen

OWNER, APP, MEMBER, VISITOR = "owner", "app", "member", "visitor"

# Which field of an identity carries the id of which kind of caller.
IDENTITY_FIELDS = {
    OWNER: "wixUserId",
    APP: "appId",
    MEMBER: "memberId",
    VISITOR: "anonymousVisitorId",
}
DEFAULT_WORLD = "default"
_WORLD = re.compile(r"[A-Za-z0-9_.-]{1,64}")


@frozen
class Caller:
    """Someone the site knows by a token. `site` is the name of the caller's own site."""

    name: str
    kind: str
    token: str
    site: str
    id: str
    contact_id: str | None = None
    scopes: tuple[str, ...] = ()
    # What an app gets tokens with.
    client_id: str | None = None
    client_secret: str | None = None

    @property
    def identity(self) -> Mapping[str, Any]:
        """The caller as `createdBy` names it."""
        named = {IDENTITY_FIELDS[self.kind]: self.id}
        return {**named, "contactId": self.contact_id} if self.contact_id else named


def split_token(authorization: str) -> tuple[str, str | None]:
    """An Authorization header as token and world name; a world that can't be named is None."""
    token = authorization.strip()
    if token[:7].lower() == "bearer ":
        token = token[7:].strip()
    base, at, world = token.partition("@")
    if not at:
        return base, DEFAULT_WORLD
    return base, world if is_world_name(world) else None


def is_world_name(name: str) -> bool:
    """Whether a world can have this name."""
    return _WORLD.fullmatch(name) is not None
