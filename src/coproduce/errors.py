"""One tree of errors, so that every caller knows what can go wrong and what to say about it.

CoproduceError
├── InvalidInput        what was given cannot be used; says what was expected and what to do next
│   └── BadFile         a file of the wrong kind, cut, or damaged
├── NotAllowed          the person is known, the thing is visible, the deed is not theirs to do
├── Absent              there is no such thing, or it is hidden from this person: the two look the same
├── Conflict            somebody else changed it first; both versions are kept
├── NotComputable       the log cannot carry this measure (its resolution, a missing table)
├── Unavailable         a service that is needed does not answer (database, index, mail)
└── Tampered            the event log does not match its chain or its signed head

Messages say what was given, what was expected, what to do next. They never hold a name, an e-mail address, an
identifier of a person or words somebody wrote: they end up in logs.
"""

from __future__ import annotations


class CoproduceError(Exception):
    """The root: everything that Coproduce raises on purpose.

    >>> str(CoproduceError("The disk is full.", next_step="Free some space and try again."))
    'The disk is full. Free some space and try again.'
    """

    #: HTTP status for pages and problem+json.
    status = 500
    #: Short stable name for problem+json, FHIR OperationOutcome and `--json` output.
    code = "error"

    def __init__(self, problem: str, *, next_step: str = "") -> None:
        self.problem = problem
        self.next_step = next_step
        super().__init__(f"{problem} {next_step}".strip())


class InvalidInput(CoproduceError, ValueError):
    """What was given cannot be used.

    >>> str(InvalidInput(given="-3 ticks", expected="a whole number of 1 or more", next_step="Give --ticks 1."))
    'Given: -3 ticks. Expected: a whole number of 1 or more. Give --ticks 1.'
    """

    status = 400
    code = "invalid-input"

    def __init__(self, *, given: str, expected: str, next_step: str = "", field: str = "") -> None:
        self.given = given
        self.expected = expected
        self.field = field
        super().__init__(f"Given: {given}. Expected: {expected}.", next_step=next_step)


class BadFile(InvalidInput):
    """A file of the wrong kind, cut in the middle, or damaged."""

    code = "bad-file"


class NotAllowed(CoproduceError):
    """The person may see the thing, but may not do this with it."""

    status = 403
    code = "not-allowed"


class Absent(CoproduceError):
    """No such thing, or hidden from this person; the answer is the same so that it tells nothing."""

    status = 404
    code = "absent"

    def __init__(self, what: str = "page") -> None:
        super().__init__(f"There is no such {what}, or it is not open to you.")


class Conflict(CoproduceError):
    """Somebody changed it first; nothing was overwritten."""

    status = 409
    code = "conflict"


class NotComputable(CoproduceError):
    """The log cannot carry this number; the reason is the message."""

    status = 422
    code = "not-computable"


class Unavailable(CoproduceError):
    """A service that is needed does not answer now; trying again later may help."""

    status = 503
    code = "unavailable"


class Tampered(CoproduceError):
    """The event log does not match its hash chain or its signed head."""

    code = "tampered"
