"""Tells what a judging found: on the terminal, and as files for machines."""
