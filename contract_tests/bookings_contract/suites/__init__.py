"""The tests by which an implementation is judged: one module a section of the API."""
