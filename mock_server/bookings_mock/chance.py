"""What ids, keys and tokens are drawn from, handed in: a seed, or what nobody can know."""

import hashlib
import random
import secrets
from typing import Protocol

from attrs import frozen


class Chance(Protocol):
    """A source of what is drawn; `names` say for what."""

    def source(self, *names: str) -> random.Random:
        """What ids are drawn from."""

    def key(self, *names: str) -> bytes:
        """32 bytes that seal or identify something."""

    def resumed(self, source: random.Random, *names: str) -> random.Random:
        """What ids are drawn from where a world goes on that drew from `source`."""


@frozen
class Seeded:
    """The same for the same seed and names: a run can be repeated, and guessed, by everybody."""

    seed: int = 0

    def source(self, *names: str) -> random.Random:
        """A source that draws the same in every run."""
        return random.Random(self._text(names))

    def key(self, *names: str) -> bytes:
        """A key that is the same in every run."""
        return hashlib.sha256(self._text(names).encode()).digest()

    def resumed(self, source: random.Random, *names: str) -> random.Random:
        """The source itself, wherever it has got to."""
        return source

    def _text(self, names: tuple[str, ...]) -> str:
        return "/".join((str(self.seed), *names))


class Unguessable:
    """From the operating system: nobody knows what comes next, and no run is like another."""

    def source(self, *names: str) -> random.Random:
        """A source without a state that could be found out."""
        return secrets.SystemRandom()

    def key(self, *names: str) -> bytes:
        """A key that is never drawn again."""
        return secrets.token_bytes(32)

    def resumed(self, source: random.Random, *names: str) -> random.Random:
        """Another source: the state of the one before may stand in a file."""
        return self.source(*names)
