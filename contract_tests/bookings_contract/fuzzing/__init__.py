"""Sends every operation what nobody would think of, and judges the answers by their shape.

Schemathesis makes the cases and brings its checks; what is sent, and what a finding means, is
decided here. Importing its modules takes a second, so only the suite does that, when it runs.
"""
