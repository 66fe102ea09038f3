"""How many questions have come back, read without SQLAlchemy: for a shell prompt, which waits for it."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from urllib.parse import quote

from nnlab import paths


def count_due(learner: str = "me") -> int:
    """Recall questions that are due now; 0 where there is no progress or it cannot be read."""
    path = paths.data_dir() / "progress.db"
    if not path.is_file():
        return 0
    asked = "SELECT count(*) FROM recall WHERE learner = ? AND due <= ?"
    try:
        with closing(
            sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=0.2)
        ) as connection:
            return int(connection.execute(asked, (learner, time.time())).fetchone()[0])
    except sqlite3.Error:
        return 0
