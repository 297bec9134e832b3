"""Runs the suites on a target: in this process or several, whole or in parts."""
