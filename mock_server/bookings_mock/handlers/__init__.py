"""What each operation does: read the call, let the life cycle decide, show the result."""

from collections.abc import Mapping

from bookings_mock.handlers import confirmation, control, reader, waitlist, writer
from bookings_mock.handlers.handler import Handler

HANDLERS: Mapping[str, Handler] = {
    **writer.OPERATIONS,
    **confirmation.OPERATIONS,
    **waitlist.OPERATIONS,
    **reader.OPERATIONS,
    **control.OPERATIONS,
}
