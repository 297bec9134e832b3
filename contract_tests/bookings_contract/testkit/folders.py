"""Keeps Hypothesis from leaving folders where the judge is run."""

import os
import tempfile
from pathlib import Path

from hypothesis.configuration import set_hypothesis_home_dir


def leave_no_folder_behind() -> None:
    """Hypothesis keeps tables in a folder where one stands; nobody asked for one there."""
    if not Path(".hypothesis").exists() and "HYPOTHESIS_STORAGE_DIRECTORY" not in os.environ:
        set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "bookings-contract-hypothesis")
