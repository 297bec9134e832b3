"""Judges the judge: which of the servers that are wrong on purpose does it notice."""
