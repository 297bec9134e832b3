"""The commands, one file each: adds its options, and runs. Nothing else reads arguments."""

import argparse
from typing import TypeAlias

# The generic exists for type checkers alone.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
