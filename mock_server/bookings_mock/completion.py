"""Says how a shell completes the command, once it is asked to."""

import argparse
from collections.abc import Sequence
from typing import Any

SHELLS = ("bash", "zsh", "fish")


class Completion(argparse.Action):
    """An option that prints the script for a shell, and stops, as `--version` does."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Print the script for the shell that is named."""
        import shtab  # Nobody who serves needs it.

        _complete_files(parser, shtab.FILE)
        print(shtab.complete(parser, shell=str(values)))
        parser.exit()


def add_completion(parser: argparse.ArgumentParser) -> None:
    """Add `--completion SHELL` to a parser."""
    parser.add_argument(
        "--completion",
        choices=SHELLS,
        action=Completion,
        help="print what lets this shell complete the command, and stop",
    )


def _complete_files(parser: argparse.ArgumentParser, how: Any) -> None:
    """Let options that take a file be completed with the files that there are."""
    for action in parser._actions:
        if str(action.metavar).endswith(("FILE", "FOLDER")):
            action.complete = how  # type: ignore[attr-defined]
