"""`bookings-mock site`: a site file explained, and what is wrong with one."""

import argparse
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from bookings_mock.clock import wall_clock
from bookings_mock.files import FileError, read_site_file
from bookings_mock.heard import say
from bookings_mock.site import SiteError, read_site

NAME = "site"
# How many faults of a file are told.
_MOST = 20


def run(arguments: Sequence[str]) -> int:
    """Print a template, or check a file; answers 0, 1 for a file that is wrong, 2 for misuse."""
    options = _parser().parse_args(arguments)
    if options.template:
        say(template().removesuffix("\n"))
        return 0
    problems = wrong_with(options.check)
    for problem in problems[:_MOST]:
        print(f"bookings-mock: {problem}", file=sys.stderr)
    if len(problems) > _MOST:
        print(f"bookings-mock: and {len(problems) - _MOST} more", file=sys.stderr)
    if problems:
        return 1
    say(f"{options.check} can be served: bookings-mock --site {options.check}")
    return 0


def template() -> str:
    """A site file in which every key is explained."""
    return (files("bookings_mock") / "site_template.yaml").read_text("utf-8")


def wrong_with(path: Path) -> Sequence[str]:
    """What is wrong with a site file, nothing where it can be served."""
    try:
        read_site(read_site_file(path), wall_clock())
    except FileError as error:
        return (str(error), *error.more)
    except SiteError as error:
        return (f"{path}: {error}",)
    return ()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bookings-mock site",
        description="A site file says what a mock offers: its callers and its services.",
        epilog="The other way is to fill an empty site by the API, as real ones are filled.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--template", action="store_true", help="print a file that explains each key")
    what.add_argument("--check", type=Path, metavar="FILE", help="say what is wrong with a file")
    return parser
