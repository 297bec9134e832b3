"""`bookings-mock site`: a template that can be served, and files that can't be."""

import pytest

import bookings_fixtures
from bookings_mock.__main__ import main
from bookings_mock.app import create_app
from bookings_mock.files import read_site_file
from bookings_mock.site_command import template


def test_the_template_is_a_site_that_can_be_served(tmp_path, capsys):
    assert main(["site", "--template"]) == 0
    path = tmp_path / "salon.yaml"
    path.write_text(capsys.readouterr().out, "utf-8")
    assert main(["site", "--check", str(path)]) == 0
    assert f"bookings-mock --site {path}" in capsys.readouterr().out
    create_app(read_site_file(path))


def test_every_key_that_the_template_only_mentions_may_be_written(tmp_path):
    lines = template().splitlines()
    # Of two ways to say the same only one may stand.
    other = ("#slots", "#resource:")
    kept = [
        line.replace("#", "", 1)
        if line.strip().startswith("#")
        and not line.strip().startswith("# ")
        and not line.strip().startswith(other)
        else line
        for line in lines
    ]
    path = tmp_path / "salon.yaml"
    path.write_text("\n".join(kept), "utf-8")
    assert main(["site", "--check", str(path)]) == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("kind: appointment", "kind"),
        ("timezone: Europe/Dublin", "timezone"),
        ('start: "+2d 18:00"', "start"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, capsys, wrong, said):
    path = tmp_path / "salon.yaml"
    key = wrong.partition(":")[0]
    path.write_text(template().replace(wrong, f"{key}: nonsense", 1), "utf-8")
    assert main(["site", "--check", str(path)]) == 1
    told = capsys.readouterr().err
    assert str(path) in told
    assert said in told
    assert len(told.splitlines()) < 5


def test_a_file_that_is_not_there_is_said(tmp_path, capsys):
    assert main(["site", "--check", str(tmp_path / "none.yaml")]) == 1
    assert "none.yaml" in capsys.readouterr().err


SHOP = """
format: 1
site: {name: shop, timezone: Europe/Dublin}
callers: {owner: {kind: owner, token: owner-token}}
services:
"""
WHEN = 'start: "+2d 18:00", end: "+2d 19:00"'


def _told_of(services, tmp_path, capsys):
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP + "".join(f"  {one}\n" for one in services), "utf-8")
    assert main(["site", "--check", str(path)]) == 1
    return capsys.readouterr().err.replace(f"bookings-mock: {path}: ", "").splitlines()


@pytest.mark.parametrize(
    ("service", "said"),
    [
        (
            f"a: {{kind: class, title: Yoga, sessions: [{{{WHEN}}}]}}",
            "services.a: a class needs a capacity, or each of its sessions does",
        ),
        (
            "a: {kind: appointment, title: Cut, resource: Sam}",
            "services.a: an appointment has either grid or slots",
        ),
        (
            "a: {kind: appointment, title: Cut, resource: Sam, grid: 30,"
            ' slots: {start: "+1d 09:00", step: 60, count: 8}}',
            "services.a: an appointment has either grid or slots",
        ),
        (
            "a: {kind: appointment, title: Cut, grid: 30}",
            "services.a: an appointment needs a resource, who provides it",
        ),
        (
            "a: {kind: appointment, title: Cut, grid: 30, resource: 5}",
            "services.a.resource: 5 is no resource: write a name, or an object with a name",
        ),
        (
            f"a: {{kind: appointment, grid: 30, resource: Sam, sessions: [{{{WHEN}}}]}}",
            "services.a.sessions: an appointment has no sessions",
        ),
        (
            f"a: {{kind: course, title: Clay, capacity: 4, grid: 30, sessions: [{{{WHEN}}}]}}",
            "services.a.grid: only an appointment has it",
        ),
        (
            'a: {kind: course, capacity: 4, sessions: [{start: "2d", end: "+2d 19:00"}]}',
            "services.a.sessions[0].start: '2d' is no time: "
            'write "+3d 18:00" or 2030-12-28T14:00:00Z',
        ),
        (
            "a: {kind: class, title: Yoga, capacity: 4,"
            ' sessions: [{start: "+2d 18:00", end: "+2d 17:00"}]}',
            "services.a: sessions[0].end: '+2d 17:00' is not after its start",
        ),
    ],
)
def test_what_a_service_lacks_or_has_too_much_is_said_in_words(tmp_path, capsys, service, said):
    assert _told_of([service], tmp_path, capsys) == [said]


def test_all_that_is_wrong_with_a_file_is_told_at_once(tmp_path, capsys):
    services = (
        "a: {kind: class, titel: Yoga, capacity: 0, sessions: []}",
        "b: {kind: event, title: Cut}",
        f"c: {{kind: course, title: Clay, sessions: [{{{WHEN}}}]}}",
    )
    told = _told_of(services, tmp_path, capsys)
    assert [one.partition(": ")[0] for one in told] == [
        *("services.a.capacity", "services.b.kind", "services.a", "services.c")
    ]


def test_of_very_much_that_is_wrong_the_first_is_told_and_the_rest_counted(tmp_path, capsys):
    told = _told_of([f"s{n}: {{kind: event}}" for n in range(30)], tmp_path, capsys)
    assert len(told) == 21
    assert told[-1] == "bookings-mock: and 10 more"


def test_what_the_schema_says_of_forms_that_exclude_each_other_is_in_words():
    def without_words(node):
        if isinstance(node, list):
            return [found for one in node for found in without_words(one)]
        if not isinstance(node, dict):
            return []
        own = [node] if {"anyOf", "oneOf", "not"} & node.keys() else []
        silent = [one for one in own if "errorMessage" not in one]
        return silent + [found for one in node.values() for found in without_words(one)]

    assert without_words(bookings_fixtures.schema()) == []
