"""What a run can be asked to judge."""

# Suites with a name of their own; every other module states rules one by one.
SUITES = ("lifecycle", "rules", "shapes")
