"""Plain values of what was seen and found: exchanges, checks, verdicts. Nothing here sends."""
