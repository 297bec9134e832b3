"""A stateful mock of the Wix Bookings REST API that keeps the API's rules.

>>> from bookings_mock import create_app
>>> app = create_app()                     # an ASGI application
"""

import warnings

with warnings.catch_warnings():
    # Connexion imports a test client that Starlette has deprecated. Taken in quietly here, before
    # any module of ours asks for it: users of `-W error` are not to pay for that.
    warnings.simplefilter("ignore")
    import connexion  # noqa: F401

from bookings_mock.app import create_app, obeyed

__all__ = ["__version__", "create_app", "obeyed"]
