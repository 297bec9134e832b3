"""What the command says once it listens: where, for whom, and what to try."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from bookings_mock.callers import split_token
from bookings_mock.tls import Secured
from bookings_mock.version import VERSION


def welcome(
    base: str, home: Mapping[str, Any], settings: str = "", way: str = "", trusting: str = ""
) -> str:
    """The welcome to a mock of this site at the URL `base`.

    `settings` is what is not as usual, `way` how applications are led here (see `led`), `trusting`
    what curl needs to trust it.
    """
    callers = home["callers"]
    width = max((len(name) for name in callers), default=0)
    tokens = "\n".join(f"  {name:{width}}  {one['token']}" for name, one in callers.items())
    first = next((split_token(one["token"])[0] for one in callers.values()), "TOKEN")
    curl = f"curl {trusting}"
    return f"""\
bookings-mock {VERSION} serves {home["site"]["name"]} on {base}{settings}
{way}
callers and their tokens (a suffix selects a world of your own: {first}@mine)
{tokens}

try
  {curl}{base}/_mock/site
  {curl}-H 'Authorization: {first}' -H 'Content-Type: application/json' \\
    -d '{{"query": {{}}}}' {base}/_api/bookings-reader/v2/extended-bookings/query

under {base}/_mock/ there are also
  sessions, events, messages   what has happened
  requests                     what was asked, which rule it broke, and advice
  clock, snapshots, readings   the hour, what a world was, which side it takes
  reset, worlds                a world begins anew; those that there are

stop with Ctrl+C"""


def trusting(tls: Secured) -> str:
    """What curl needs to trust a mock."""
    return f"--cacert {shlex.quote(str(tls.authority))} "


def led(reached: str, hosts: Sequence[str], tls: Secured) -> str:
    """How applications that ask these hosts, and are told nothing of the mock, are led to it.

    `reached` is its host and port.
    """
    rules = ", ".join(f"MAP {host} {reached}" for host in hosts)
    address = reached.rpartition(":")[0].strip("[]")
    return f"""
the certificate to trust is {tls.authority}

to be met where the API is looked for
  Chromium    --host-resolver-rules="{rules}"
              --ignore-certificate-errors-spki-list={tls.fingerprint}
              (which it heeds where it is given a --user-data-dir as well)
  hosts file  {address} {" ".join(hosts)}   (and --port 443)
"""
