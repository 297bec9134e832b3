"""The ways in which judging can stop short of a verdict, by the stage at which each arises.

    configuration   ConfigurationError   before anything is judged: the user can mend it (exit 2)
    judging         NotJudged            the target lacks what the rule needs
                    NotOffered           … an operation that not every source knows (`exchange.py`)
                    Unanswered           … even an answer
                    OutOfTime            … in the time that is left
                    Throttled            … patience: it was asked too often
                    Unsendable           a request is none that could be sent to anybody
                    NotReached           the target would not enter the state that the rule is about
                    Unreadable           an answer lacks what every answer of its kind carries
                    Misshapen            … or is of another shape than the document declares

All but the first leave a rule *not judged*, each with its reason. Whatever else is raised is the
harness's own fault.
"""

# The reason of whatever --max-time left no time for.
OVERDUE = "the time allowed by --max-time was over"


class ConfigurationError(Exception):
    """The judge can't start as it was asked to; the message says what to do about it."""


class Fault(Exception):
    """The harness's own fault, told in full but for the target's secrets."""


class Unjudged(Exception):
    """A rule stays without a verdict; the message is the reason."""


class NotJudged(Unjudged):
    """The target lacks something that judging the rule takes."""


class Unanswered(NotJudged):
    """Nobody answered a request."""


class OutOfTime(NotJudged):
    """There was no time left to wait for an answer."""


class Throttled(NotJudged):
    """The target was asked too often."""


class Unsendable(NotJudged):
    """Nobody was asked: no client could send such a request."""


class NotReached(Unjudged):
    """An arrangement was answered differently than it has to be."""


class Unreadable(Unjudged):
    """An answer does not hold what was read from it."""


class Misshapen(Unreadable):
    """An answer is not of the shape that the document declares, and could not be read."""
