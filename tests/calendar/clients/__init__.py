"""Calendar libraries of other languages, run as programs of their own where they are installed."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
ICAL_JS = ROOT / ".venv/node/node_modules/ical.js/dist/ical.js"
SYSTEM_PYTHON = "/usr/bin/python3"

Calendars = list[list[dict[str, Any]]]
"""The entries of each file."""


def node_reads(files: Sequence[Path]) -> Calendars | None:
    """ical.js, which Thunderbird has; None where it is not installed."""
    if shutil.which("node") is None or not ICAL_JS.exists():
        return None
    return _run("node", HERE / "ical_js.mjs", ICAL_JS, *files)


def libical_reads(files: Sequence[Path]) -> Calendars | None:
    """libical, which Evolution and GNOME Calendar have; None where its bindings are not installed."""
    return _run(SYSTEM_PYTHON, HERE / "libical.py", *files) if _has_libical() else None


@cache
def _has_libical() -> bool:
    if not os.access(SYSTEM_PYTHON, os.X_OK):
        return False
    tried = subprocess.run([SYSTEM_PYTHON, HERE / "libical.py"], capture_output=True)
    return tried.returncode == 0


def _run(*arguments: str | Path) -> Calendars:
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120, env={"PATH": os.environ["PATH"]})
    assert done.returncode == 0, done.stderr
    read: Calendars = json.loads(done.stdout)
    return read
