"""A story told again: made ready, played, compared with its first end, and made short."""
