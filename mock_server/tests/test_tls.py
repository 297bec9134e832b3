"""Served by HTTPS, the mock is met under the API's own hosts by whoever trusts its certificate."""

import base64
import hashlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate

import bookings_openapi
from bookings_mock import create_app
from bookings_mock.__main__ import main
from bookings_mock.address import hosts
from bookings_mock.serving import Wire, server
from bookings_mock.tls import Secured, TlsError, secured

PATIENCE = 60.0
NOW = datetime.now(UTC)
API = hosts(bookings_openapi.load())


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    with secured([*API, "localhost", "127.0.0.1"], tmp_path_factory.mktemp("tls"), NOW) as made:
        yield made


@pytest.fixture
def run(tls: Secured) -> Iterator[Callable[..., int]]:
    running = []

    def started(**seconds: float) -> int:
        listening = socket.create_server(("127.0.0.1", 0))
        app = create_app(allow_hosts=API)
        one = server(app, wire=Wire(**seconds), tls=tls.context)
        thread = threading.Thread(target=one.run, args=([listening],), daemon=True)
        thread.start()
        running.append((one, thread))
        return int(listening.getsockname()[1])

    yield started
    for one, thread in running:
        one.force_exit = one.should_exit = True
        thread.join(timeout=PATIENCE)
        assert not thread.is_alive()


def _connected(port: int, tls: Secured, name: str = "localhost") -> ssl.SSLSocket:
    trusting = ssl.create_default_context(cafile=tls.authority)
    plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    return trusting.wrap_socket(plain, server_hostname=name)


def _ends(connection: ssl.SSLSocket) -> bool:
    try:
        return connection.recv(65536) == b""
    except TimeoutError:
        return False
    except OSError:  # Cut off, which is an end as well.
        return True


def _got(port: int, tls: Secured, path: str, host: str) -> httpx.Response:
    trusting = ssl.create_default_context(cafile=tls.authority)
    with httpx.Client(verify=trusting, trust_env=False, timeout=PATIENCE) as client:
        named = {"headers": {"host": host}, "extensions": {"sni_hostname": host}}
        return client.get(f"https://127.0.0.1:{port}{path}", **named)


@pytest.mark.parametrize("host", [*API, "localhost"])
def test_it_is_met_under_every_host_of_the_api(run, tls, host):
    answer = _got(run(), tls, "/_mock/site", host)
    assert answer.status_code == 200
    assert answer.json()["target"]["url"] == f"https://{host}"


def test_who_does_not_trust_the_certificate_gets_nothing(run):
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"https://127.0.0.1:{run()}/_mock/site", trust_env=False)


def test_the_key_has_the_fingerprint_that_chromium_is_told(run, tls):
    with _connected(run(), tls) as connection:
        certificate = load_der_x509_certificate(connection.getpeercert(binary_form=True) or b"")
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert tls.fingerprint == base64.b64encode(hashlib.sha256(key).digest()).decode()


def test_the_certificates_hold_by_the_clients_clock(run, tls):
    with _connected(run(), tls) as connection:
        certificate = load_der_x509_certificate(connection.getpeercert(binary_form=True) or b"")
    assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc
    # What is trusted by hand may last so long at most on some systems.
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days <= 825


def test_a_slow_head_is_refused_over_tls_too(run, tls):
    with _connected(run(head_seconds=0.3), tls) as connection:
        connection.sendall(b"GET /_mock/site HTTP/1.1\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 408 ")
        assert _ends(connection)


def test_what_is_no_tls_ends_the_connection_and_nothing_else(run, tls):
    port = run()
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as plain:
        plain.sendall(b"GET /_mock/site HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert not plain.recv(65536).startswith(b"HTTP/1.1 200")
    assert _got(port, tls, "/_mock/site", "localhost").status_code == 200


def test_the_keys_stay_in_memory(tls):
    (written,) = tls.authority.parent.iterdir()
    assert "PRIVATE" not in written.read_text()


def test_a_temporary_folder_goes_with_the_run():
    with secured(["localhost"], None, NOW) as made:
        assert made.authority.exists()
    assert not made.authority.parent.exists()


@pytest.mark.parametrize("name", ["a_b", "b" * 64 + ".example.com", "-a"])
def test_a_name_that_can_have_no_certificate_is_refused(tmp_path, name):
    with pytest.raises(TlsError, match="--allow-host"), secured([name], tmp_path, NOW):
        pass


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path, capsys):
    taken = tmp_path / "file"
    taken.write_text("")
    assert main(["--port", "0", "--tls", str(taken)]) == 2
    assert str(taken) in capsys.readouterr().err


def test_a_start_that_finds_its_port_taken_leaves_the_certificate_of_who_took_it(tmp_path, capsys):
    lies = tmp_path / "ca.pem"
    lies.write_text("of the mock that runs")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["--port", port, "--tls", str(tmp_path)]) == 2
    assert "can't listen" in capsys.readouterr().err
    assert lies.read_text() == "of the mock that runs"


def test_without_a_folder_nothing_is_left_where_one_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["--port", "0", "--tls", "--ready-file", "/nowhere/at/all"]) == 2
    assert not list(tmp_path.iterdir())


def test_what_is_missing_is_said_with_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "trustme", None)
    assert main(["--port", "0", "--tls"]) == 2
    assert "pip install trustme" in capsys.readouterr().err


def test_the_command_says_how_applications_are_led_to_it(tmp_path: Path):
    folder = tmp_path / "new"
    command = [sys.executable, "-m", "bookings_mock", "--port", "0", "--tls", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = "".join(iter(process.stdout.readline, "stop with Ctrl+C\n"))
        try:
            port = int(re.findall(r"https://127\.0\.0\.1:(\d+)", said)[0])
            made = Secured(ssl.create_default_context(), folder / "ca.pem", "")
            assert _got(port, made, "/_mock/site", API[0]).status_code == 200
        finally:
            process.send_signal(signal.SIGTERM)
            goodbye, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, goodbye) == (0, "goodbye\n")
    assert f"the certificate to trust is {folder / 'ca.pem'}" in said
    assert f"MAP {API[0]} 127.0.0.1:{port}" in said
    assert f"127.0.0.1 {' '.join(API)}" in said


def test_without_tls_the_controls_do_not_answer_as_the_api(api):
    assert api.http.get("/_mock/site", headers={"host": API[0]}).status_code == 403
