"""The commands that stand by themselves: each module adds its own to the parser."""
