"""What each operation does: read the call, let the life cycle decide, show the result."""

from collections.abc import Mapping

from bookings_mock.handlers import (
    attendance,
    bulk,
    confirmation,
    control,
    events,
    reader,
    v1_list,
    waitlist,
    writer,
)
from bookings_mock.handlers.handler import Handler

HANDLERS: Mapping[str, Handler] = {
    **writer.OPERATIONS,
    **bulk.OPERATIONS,
    **confirmation.OPERATIONS,
    **waitlist.OPERATIONS,
    **reader.OPERATIONS,
    **v1_list.OPERATIONS,
    **attendance.OPERATIONS,
    **control.OPERATIONS,
    **events.OPERATIONS,
}
