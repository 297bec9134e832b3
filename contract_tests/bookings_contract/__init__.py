"""The judge of the Bookings contract: it drives an implementation and says which rules it keeps."""

__version__ = "0.1.0"
