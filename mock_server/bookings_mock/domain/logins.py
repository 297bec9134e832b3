"""What a login by a redirect session proves before its code becomes tokens (RFC 6749, 7636)."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from bookings_mock.domain.booking import Json
from bookings_mock.domain.purchase import Redirect


def refusal(
    redirect: Redirect, client: str, sent: Json, now: datetime, life: timedelta
) -> str | None:
    """Why the code of a login is not taken, None if it is.

    `sent` holds `verifier` and `redirect_uri`, as far as the client says them.
    """
    request = redirect.asked.get("authRequest") or {}
    address = request.get("redirectUri")
    if redirect.spent:
        return "the code was used already"
    if now >= redirect.created + life:
        return "the code has expired"
    if _plain(request.get("clientId")) != _plain(client):
        return "the code was asked for by another client"
    if address and sent.get("redirect_uri") not in (None, address):
        return "the redirect_uri is not the one that the code was sent to"
    return None if _is_proven(request, sent.get("verifier")) else _UNPROVEN


_UNPROVEN = "the code_verifier is not what the code_challenge was made of"


def _is_proven(request: Json, verifier: str | None) -> bool:
    challenge = request.get("codeChallenge")
    if not challenge:
        return True
    plain = str(request.get("codeChallengeMethod") or "plain").lower() == "plain"
    made = (verifier or "") if plain else _s256(verifier or "")
    return hmac.compare_digest(made.encode(), str(challenge).encode())


def _s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _plain(client: object) -> str:
    """A client's id without the world that is named behind it."""
    return str(client or "").partition("@")[0].lower()
