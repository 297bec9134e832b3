"""Certificates for the API's own hosts: an application finds the mock where it looks for the API.

The authority that signs them is made anew at each start, and its key is kept nowhere: who trusts it
trusts one run of the mock.
"""

import base64
import contextlib
import hashlib
import ssl
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate

_AUTHORITY = "ca.pem"
# What signed itself is taken by no client for longer than this; a mock runs for less.
_LIFE = timedelta(days=90)
_DAY = timedelta(days=1)


class TlsError(Exception):
    """There can be no certificates; says why, and what to write instead."""


@frozen
class Secured:
    """What a server needs, and what its clients do.

    `authority` is the file of the certificate to trust, `fingerprint` that of the server's key in
    base64 (SHA-256 of its SubjectPublicKeyInfo), as Chromium takes it.
    """

    context: ssl.SSLContext
    authority: Path
    fingerprint: str


@contextlib.contextmanager
def secured(names: Sequence[str], folder: Path | None, now: datetime) -> Iterator[Secured]:
    """Certificates for these names and addresses, from the day before `now` on.

    The authority's is written into the folder, or into a temporary one that goes with the context.
    Raises TlsError for a name that can have none, or a folder that can't be written to.
    """
    with contextlib.ExitStack() as kept:
        if folder is None:
            folder = Path(kept.enter_context(TemporaryDirectory(prefix="bookings-mock-")))
        yield _made(names, folder / _AUTHORITY, now)


def _made(names: Sequence[str], file: Path, now: datetime) -> Secured:
    try:
        import trustme  # Only here: no other start is to wait for it.
    except ModuleNotFoundError:
        raise TlsError("--tls needs the package trustme: pip install trustme") from None
    authority = trustme.CA(organization_name="bookings-mock")
    try:
        own = authority.issue_cert(*names, not_before=now - _DAY, not_after=now + _LIFE)
    except UnicodeError as problem:
        raise TlsError(f"a name can have no certificate: {problem} (--allow-host)") from None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    own.configure_cert(context)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        authority.cert_pem.write_to_path(file)
    except OSError as problem:
        raise TlsError(f"can't write {file}: {problem.strerror or problem} (--tls)") from None
    return Secured(context, file.absolute(), _fingerprint(own.cert_chain_pems[0].bytes()))


def _fingerprint(certificate: bytes) -> str:
    key = load_pem_x509_certificate(certificate).public_key()
    written = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(written).digest()).decode()
