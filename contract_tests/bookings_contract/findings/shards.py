"""A part of a run: every Nth test, beginning with the Ith, so that N parts make up the whole."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import TypeVar

from attrs import frozen

from bookings_contract.findings.problems import ConfigurationError

T = TypeVar("T")


@frozen
class Shard:
    """The part `number` of so many, counted from 1."""

    number: int = 1
    of: int = 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @classmethod
    def read(cls, words: str) -> "Shard":
        """The shard that a user wrote as I/N."""
        number, slash, of = words.partition("/")
        known = slash and number.isdecimal() and of.isdecimal()
        if not known or not 1 <= int(number) <= int(of):
            raise ConfigurationError(
                f"--shard {words!r} is no part of a run: write I/N, from 1/4 to 4/4 for four parts."
            )
        return cls(int(number), int(of))

    def __bool__(self) -> bool:
        return self.of > 1

    def share(self, everything: Sequence[T]) -> list[T]:
        """This part of what the whole run has."""
        return list(everything[self.number - 1 :: self.of])

    def split(self, parts: int) -> list["Shard"]:
        """The same part in smaller ones, which joined in this order are the part again."""
        return [Shard(self.number + self.of * n, self.of * parts) for n in range(parts)]


def joined(parts: Sequence[Sequence[T]]) -> list[T]:
    """The whole in its own order, of all its parts in theirs."""
    nothing = object()
    rows = zip_longest(*parts, fillvalue=nothing)
    return [one for row in rows for one in row if one is not nothing]  # type: ignore[misc]
