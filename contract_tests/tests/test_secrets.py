"""No secret is read for a server, sent with another's request, or written down anywhere."""

import base64
import json
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from attrs import evolve

from bookings_contract.__main__ import main
from bookings_contract.embedded import embedded
from bookings_contract.findings.exchange import Exchange
from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.verdicts import Coverage
from bookings_contract.target.masking import Mask
from bookings_contract.target.model import Caller, Secret, Target
from bookings_contract.target.reading import recognise
from bookings_contract.target.writing import as_toml
from bookings_contract.testkit.client import Client, Wire
from bookings_contract.testkit.record import Record

from .spoilt import Answering, guest, only, served

Said = pytest.CaptureFixture[str]
TOKEN = "Bearer s3cret/of+the=house~0123456789"
BARE = TOKEN.removeprefix("Bearer ")
KEY = "key-that-opens-a-site"


# The environment


def site(**more: Any) -> dict[str, Any]:
    known = {"url": "http://inside.test"}
    owner = {"owner": {"token": "owner-token"}}
    return {"product": "bookings-mock", "target": known, "callers": owner, **more}


ASKING: list[dict[str, Any]] = [
    {"callers": {"owner": {"token": "env:HIDDEN_KEY"}}},
    {"callers": {"owner": {"token": "t", "client_secret": "env:HIDDEN_KEY"}}},
    {"callers": {"owner": {"token": "t", "scopes": ["env:HIDDEN_KEY"]}}},
    {"target": {"url": "http://t", "namespace": "env:HIDDEN_KEY"}},
    {"services": {"yoga": {"kind": "class", "id": "env:HIDDEN_KEY"}}},
]


@pytest.mark.parametrize("asking", ASKING)
def test_a_server_reads_nothing_out_of_the_environment(
    asking: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIDDEN_KEY", "hidden")
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=site(**asking)))
    with pytest.raises(ConfigurationError, match="Only a target file of yours may ask") as refused:
        recognise("http://t", transport)
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("command", ["test", "doctor", "target --from-mock"])
def test_who_asks_for_the_environment_is_refused_and_nothing_is_written(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said
) -> None:
    monkeypatch.setenv("HIDDEN_KEY", "hidden")
    asked: list[httpx.Request] = []
    file = tmp_path / "written.toml"

    def answering(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=site(**ASKING[0]))

    with served(answering) as url:
        output = ["-o", str(file)] if command.startswith("target") else []
        assert main([*command.split(), url, *output]) == 2
    assert not file.exists()
    assert "hidden" not in "".join(map(str, capsys.readouterr()))
    assert [request.url.path for request in asked] == ["/_mock/site"]


# Cookies


def test_what_is_set_for_a_caller_goes_out_with_no_other_request() -> None:
    sent: list[tuple[str, str | None]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        who = request.headers.get("authorization", "nobody")
        sent.append((who, request.headers.get("cookie")))
        return httpx.Response(400, headers={"set-cookie": f"session={who}; Path=/"})

    names = ("owner", "member")
    callers = {name: Caller(name, f"{name}-key") for name in names}
    target = Target(url="http://target.test", may_notify=True, callers=callers)
    client = Client(Wire(target, httpx.MockTransport(answer)), Record())
    for caller in (*names, None, *names, None):
        client.call("createBooking", body={}, caller=caller)
    client.call("createBooking", body={}, token="somebody else's")
    assert sent == [
        *(("owner-key", None), ("member-key", None), ("nobody", None)),
        *(("owner-key", "session=owner-key"), ("member-key", "session=member-key")),
        *(("nobody", "session=nobody"), ("somebody else's", None)),
    ]
    assert client.record.exchanges[0].headers["set-cookie"] == "…"


# What is written


def echoes(secret: str) -> list[str]:
    """A secret as a server may say it again."""
    raw = secret.encode()
    return [
        *(secret, quote(secret), quote(secret, safe=""), quote(secret, safe="").lower()),
        *(json.dumps(secret), raw.hex(), base64.urlsafe_b64encode(raw).decode()),
        *(base64.b64encode(b"x" * n + raw + b"yz").decode() for n in range(3)),
        *(escape(secret), escape_everything("%{:02x}", raw), escape_everything("%{:02X}", raw)),
        *(escape_everything(form, map(ord, secret)) for form in ("\\u{:04x}", "&#{};", "&#x{:X};")),
        escape_everything("&#{:05};", map(ord, secret[:3])) + quote(secret[3:]),
    ]


def escape_everything(form: str, characters: Iterable[int]) -> str:
    return "".join(map(form.format, characters))


@pytest.mark.parametrize("secret", [BARE, KEY, "s3kret", 'with "quotes" \\ and é'])
def test_a_mask_knows_a_secret_however_it_is_encoded(secret: str) -> None:
    mask = Mask.over([f"Bearer {secret}"])
    for echo in echoes(secret):
        told = mask.text(f"before {echo} after")
        assert "…" in told
        assert told.startswith("before ")
        assert told.endswith(" after")
        assert secret not in told
        kept = base64.b64encode(secret.encode()).decode()[4:-4]
        assert not kept or kept not in told


def test_a_secret_that_a_message_cut_short_is_masked_as_far_as_it_goes() -> None:
    cut = f"token {BARE[:20]}…"
    assert Mask.over([TOKEN]).text(cut) == "token ……"


def test_a_secret_that_is_escaped_and_cut_short_is_masked_as_far_as_it_goes() -> None:
    cut = escape_everything("%{:02x}", BARE[:20].encode())
    assert Mask.over([TOKEN]).text(f"token {cut} 100% & more") == "token … 100% & more"


def test_a_secret_that_is_said_to_be_a_status_is_counted_without_being_told() -> None:
    moves = {("createBooking", "none", KEY): 2, ("createBooking", KEY, f"a {KEY}"): 1}
    moves |= {("createBooking", "none", quote(KEY) + "?"): 3, ("cancelBooking", "none", "…"): 1}
    seen = Mask.over([KEY]).value(
        Coverage(transitions={**moves, ("createBooking", "none", "…"): 4})
    )
    assert seen.transitions == {
        ("createBooking", "none", "…"): 6,
        ("createBooking", "…", "a …"): 1,
        ("createBooking", "none", "…?"): 3,
        ("cancelBooking", "none", "…"): 1,
    }


def test_a_secret_that_is_said_to_be_the_name_of_a_header_is_masked_in_small_letters() -> None:
    headers = {f"x-{KEY}".lower(): "1", "content-type": KEY.lower()}
    seen = Exchange("createBooking", "owner", "POST", "/", "/", {}, "", 200, headers, "", 0.0, 0.0)
    masked = Mask.over([KEY.title()]).value(seen)
    assert list(masked.headers) == ["x-…", "content-type"]


def test_what_is_too_short_to_be_secret_stays_a_word() -> None:
    assert Mask.over(["a", "class"]).text("a class") == "a class"


def test_users_and_passwords_of_addresses_are_masked() -> None:
    target = Target(url="https://ann:opensesame@t.test", callers={"owner": Caller("owner", TOKEN)})
    assert Mask.of(target).text("https://ann:opensesame@t.test") == "https://…@t.test"
    assert "opensesame" not in target.title


@pytest.fixture(scope="module")
def broken() -> Iterator[tuple[Target, httpx.BaseTransport]]:
    with embedded(breaks=["CONFIRM-1"]) as found:
        yield found


def saying_again(own: httpx.BaseTransport, known: str) -> Answering:
    """The server that says everything again that it was sent as a secret, in every form."""

    def answering(request: httpx.Request) -> httpx.Response:
        secrets = [BARE, KEY] if request.headers.get("authorization") == TOKEN else []
        if secrets:
            request.headers["authorization"] = known
        answer = own.handle_request(request)
        answer.read()
        told = [echo for secret in secrets for echo in echoes(secret)]
        body = {**answer.json(), "echo": told}
        kept = {k: v for k, v in answer.headers.items() if k != "content-length"}
        sent = {**kept, "x-echo": " ".join(told), "set-cookie": f"seen={quote(TOKEN)}"}
        return httpx.Response(answer.status_code, headers=sent, json=body)

    return answering


def test_what_a_server_says_of_its_secrets_again_is_written_nowhere(
    broken: tuple[Target, httpx.BaseTransport],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: Said,
) -> None:
    monkeypatch.setenv("HOUSE_TOKEN", TOKEN)
    monkeypatch.setenv("SITE_KEY", KEY)
    target, own = broken
    known = target.callers["owner"].token
    with served(saying_again(own, known)) as url:
        judged = only(guest(target), "yoga")
        judged = evolve(
            judged,
            url=url,
            callers={"owner": evolve(judged.callers["owner"], token="env:HOUSE_TOKEN")},
            headers={"x-site-key": "env:SITE_KEY"},
        )
        (tmp_path / "target.toml").write_text(as_toml(judged), "utf-8")
        report = tmp_path / "report"
        arguments = ["test", "--target", str(tmp_path / "target.toml"), "--report", str(report)]
        arguments += ["--rule", "CONFIRM-1", "--rule", "SHAPE-1", "--shard", "1/1"]
        assert main([*arguments, "--write-baseline", str(tmp_path / "baseline.toml")]) == 1
        texts = [file.read_text("utf-8") for file in tmp_path.rglob("*") if file.is_file()]
        assert len(texts) >= 8
        main(["doctor", "--target", str(tmp_path / "target.toml")])
    for text in (*texts, *capsys.readouterr()):
        for secret in (BARE, KEY):
            for echo in echoes(secret):
                assert echo.strip('"').rstrip("=")[4:-4] not in text


def test_what_stands_in_the_environment_is_hidden_for_a_mock_too(
    broken: tuple[Target, httpx.BaseTransport],
) -> None:
    target, _ = broken
    hidden = evolve(target.callers["owner"], token=Secret("a-token-of-mine"))
    mask = Mask.of(evolve(target, callers={**target.callers, "owner": hidden}))
    assert mask.text("a-token-of-mine") == "…"
    assert mask.text(target.callers["app"].token) == target.callers["app"].token
