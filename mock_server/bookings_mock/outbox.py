"""How an event leaves the site: JSON in JSON in a signed token, as receivers get it.

Nothing is delivered here; this knows the form and the key.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ALGORITHM = "RS256"
GOOD_FOR = timedelta(hours=1)


class Keys:
    """The key that events are signed with, and one that is nobody's; made when first asked for."""

    @cached_property
    def own(self) -> RSAPrivateKey:
        """The sender's key."""
        return generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def foreign(self) -> RSAPrivateKey:
        """A key that no receiver knows."""
        return generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def public_pem(self) -> str:
        """What receivers verify with: the own key's public half as PEM."""
        public = self.own.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def token(
    event: Mapping[str, Any],
    event_type: str,
    instance_id: str,
    identity: Mapping[str, Any],
    key: RSAPrivateKey,
    now: datetime,
) -> str:
    """The compact JWS that is the body of a delivery; `now` is the wall clock's."""
    message = {
        "eventType": event_type,
        "instanceId": instance_id,
        "data": orjson.dumps(event).decode(),
        "identity": orjson.dumps(identity).decode(),
    }
    payload = {
        "data": orjson.dumps(message).decode(),
        "iat": int(now.timestamp()),
        "exp": int((now + GOOD_FOR).timestamp()),
    }
    return jwt.encode(payload, key, algorithm=ALGORITHM)
