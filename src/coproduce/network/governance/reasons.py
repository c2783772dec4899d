"""Why guarded data may be read: the codes that `GuardedDataRead` declares, and their words on the command line."""

from __future__ import annotations

from enum import IntEnum

from coproduce.errors import InvalidInput


class Reason(IntEnum):
    """The reasons that count; anything else is no reason."""

    OWN_CARE = 1
    SAFETY = 2
    DUTY = 3
    REQUEST = 4

    @property
    def word(self) -> str:
        """Its word on the command line."""
        return _WORDS[self]

    @classmethod
    def of(cls, word: str) -> Reason:
        """The reason of this word.

        >>> Reason.of("safety")
        <Reason.SAFETY: 2>
        """
        found = next((reason for reason in cls if reason.word == word), None)
        if found is None:
            raise InvalidInput(given="a reason that is none of those that count", expected=", ".join(_WORDS.values()))
        return found


_WORDS = {Reason.OWN_CARE: "own-care", Reason.SAFETY: "safety", Reason.DUTY: "duty", Reason.REQUEST: "request"}
