"""Makes it cheap to judge many mocks in processes of their own."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from bookings_contract.embedded import embedded


def processes() -> ProcessPoolExecutor:
    """A process for every core, each with the document read and checked already."""
    with embedded():
        pass
    return ProcessPoolExecutor(mp_context=get_context("fork"))
