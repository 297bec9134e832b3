"""What the judge takes from a target, and for how long: every bound of its client, in one place.

A target is not trusted to end what it begins. What goes beyond a bound is the target's fault and is
named as such; no bound is near what the API itself answers.
"""

# Seconds that one exchange may take, from the connection to the last byte of the answer, however
# much or little comes meanwhile. It is the longest that a caller of the API would wait.
ANSWER = 30.0
# The same for the first question, whether a bookings-mock answers at an address.
GREETING = 10.0
# Seconds by which a test may outlast the time allowed for a run: to end its story, if it is about
# to.
GRACE = 1.0
# Seconds after that in which what was booked is canceled; what is left then is written down.
FAREWELL = 10.0

# Bytes of an answer's head, with all interim answers before it.
HEAD = 2**17
# Bytes of an answer's body, when it is decoded: a page of a hundred bookings takes a fiftieth.
BODY = 16 * 2**20
# Bytes that may come after the head: trailers and what frames a body come on top of it.
WIRE = BODY + 2**20
# The codings that are undone, each at most once; any other was not asked for.
CODINGS = ("gzip", "deflate")
# The charsets that an answer may name, besides UTF-8 that JSON is in. Others are taken for that:
# some of what Python knows by such a name unpacks, or takes its time.
CHARSETS = ("iso-8859-1", "latin-1", "us-ascii", "utf-16", "utf-16be", "utf-16le", "windows-1252")

# How deep JSON may be nested. The deepest answer that the document declares has 12 levels; whoever
# walks through one level by level could not come back from a hundred thousand.
DEPTH = 100
