"""The query language of the API: filters, order, pages and cursors, over any kind of record.

Which fields and operators an operation takes is said by the document (`x-filters`, `x-sorts`,
`x-paging`) and handed in as a `Grammar`; how a field is read off a record is a `Field`. What the
document does not name is refused.
"""

from bookings_mock.query.fields import Field, Fields, Grammar, QueryRefused
from bookings_mock.query.filters import Index, parse_filter
from bookings_mock.query.order import Key
from bookings_mock.query.pages import Found, Page, read_page, select, window
from bookings_mock.query.shown import shown_field

__all__ = [
    "Field",
    "Fields",
    "Found",
    "Grammar",
    "Index",
    "Key",
    "Page",
    "QueryRefused",
    "parse_filter",
    "read_page",
    "select",
    "shown_field",
    "window",
]
