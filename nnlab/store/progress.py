"""A learner's progress: where they are, every answer, hints, time and what is due again.

Every call that changes something is one transaction on the disk before it returns.  Where the disk
refuses (full, read-only, no home), the same store goes on in memory, ``warning`` says so in one sentence,
and later writes try the file again.  SQLAlchemy is loaded when a Progress is made, not before.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab import paths
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.files import require_free, write_atomically
from nnlab.store.records import Answer, LessonRow, RecallRow

if TYPE_CHECKING:
    from nnlab.store.database import Database

FILE = "progress.db"
RETRY_SECONDS = 10.0
FORMAT = "nnlab progress"
NEW = {"recall": {"card": ""}}
"""What rows of an exported file lack where an earlier version wrote it."""


class Progress:
    """``Progress()`` is the learner's own file, ``Progress(":memory:")`` keeps nothing."""

    def __init__(
        self,
        path: Path | str | None = None,
        learner: str = "me",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.learner = learner
        self.warning = ""
        self._clock = clock
        self._lock = threading.RLock()
        self._failed_at = 0.0
        self._path: Path | None = None
        if path != ":memory:":
            self._path = Path(path) if path is not None else paths.data_dir() / FILE
        self._database = self._open()

    # ------------------------------------------------------------------ opening and falling back

    def _open(self) -> Database:
        from nnlab.store import database

        if self._path is None:
            return database.Database(None)
        try:
            return self._open_file(self._path)
        except NnlabError as error:
            self.warning = _("{reason}. Progress is kept in memory only.", reason=str(error).rstrip("."))
        except database.STORE_ERRORS as error:
            self._warn(error)
        self._database = database.Database(None)
        if self._path.is_file():
            self._read_what_is_there(self._path)
        return self._database

    def _read_what_is_there(self, path: Path) -> None:
        """Copy a file that cannot be written into memory, so that the learner still sees where they are."""
        from nnlab.store import database

        with contextlib.suppress(*database.STORE_ERRORS):
            self._database = database.Database.copy_of(path)

    def _open_file(self, path: Path) -> Database:
        from nnlab.store import database

        paths.ensure(path.parent)
        try:
            return database.Database(path)
        except database.STORE_ERRORS as error:
            if not database.is_corrupt(error):
                raise
        aside = path.with_name(f"{path.stem}.damaged-{time.strftime('%Y%m%d-%H%M%S')}{path.suffix}")
        path.replace(aside)
        for ending in ("-wal", "-shm"):
            leftover = path.with_name(path.name + ending)
            if leftover.exists():
                leftover.replace(aside.with_name(aside.name + ending))
        self.warning = _(
            "The progress file was damaged; it was moved to {aside} and a new one was begun.", aside=aside
        )
        return database.Database(path)

    def _warn(self, error: BaseException) -> None:
        from nnlab.store import database

        self._failed_at = time.monotonic()
        self.warning = _(
            "Progress cannot be written to {path} ({reason}); it is kept in memory until that works again.",
            path=self._path,
            reason=database.reason(error),
        )

    @property
    def in_memory(self) -> bool:
        return self._database.path is None

    def _write(self, do: Callable[[Any], None]) -> None:
        from nnlab.store import database

        with self._lock:
            if self.in_memory and self._path is not None:
                self._try_file_again()
            try:
                self._database.write(do)
            except database.STORE_ERRORS as error:
                if self.in_memory:
                    raise
                self._fall_back(error)
                self._database.write(do)

    def _fall_back(self, error: BaseException) -> None:
        """Go on in memory with everything that can still be read."""
        from nnlab.store import database

        try:
            document = self._document()
        except database.STORE_ERRORS:
            document = None
        self._database.close()
        self._database = database.Database(None)
        if document is not None:
            self._merge(document)
        self._warn(error)

    def _try_file_again(self) -> None:
        from nnlab.store import database

        assert self._path is not None
        if time.monotonic() - self._failed_at < RETRY_SECONDS:
            return
        memory = self._database
        try:
            document = self._document()
            self._database = self._open_file(self._path)
            self._merge(document)
            self.warning = ""
            memory.close()
        except (*database.STORE_ERRORS, NnlabError):
            self._database = memory
            self._failed_at = time.monotonic()

    def close(self) -> None:
        """Close the file; what is only in memory is offered to it once more."""
        with self._lock:
            if self.in_memory and self._path is not None:
                self._failed_at = -RETRY_SECONDS
                self._try_file_again()
            self._database.close()

    # ------------------------------------------------------------------ writing

    def save_step(self, lesson: str, step: str, data: dict[str, Any]) -> None:
        """Keep what a LessonRun knows of a step, and that the learner is there."""
        from nnlab.store import database, schema

        now = self._clock()
        row = {
            **self._key(lesson, step),
            "status": str(data.get("status", "open")),
            "hints": int(data.get("hints", 0)),
            "tries": int(data.get("tries", 0)),
            "seconds": float(data.get("seconds", 0.0)),
            "touched": now,
            "data": json.dumps(data, ensure_ascii=False),
        }

        def do(connection: Any) -> None:
            database.put(connection, schema.steps, row)
            self._touch(connection, lesson, now, at_step=step)

        self._write(do)

    def answer(
        self,
        lesson: str,
        step: str,
        text: str,
        ok: bool,
        misconception: str = "",
        *,
        kind: str = "",
        hints: int = 0,
    ) -> None:
        """Keep one answer, right or wrong."""
        from sqlalchemy import insert

        from nnlab.store import schema

        now = self._clock()
        row = {
            "id": uuid.uuid4().hex,
            **self._key(lesson, step),
            "kind": kind,
            "text": text,
            "ok": ok,
            "misconception": misconception,
            "hints": hints,
            "at": now,
        }
        self._write(lambda connection: connection.execute(insert(schema.answers).values(**row)))

    def finish(self, lesson: str) -> None:
        """Every step of the lesson is passed."""
        now = self._clock()
        self._write(lambda connection: self._touch(connection, lesson, now, finished=now))

    def schedule(self, lesson: str, step: str, due: float, rung: int = 0, card: str = "") -> None:
        """The step's recall question comes back at ``due``; ``card`` is what the scheduler keeps of it."""
        from nnlab.store import database, schema

        row = {**self._key(lesson, step), "due": due, "rung": rung, "card": card, "touched": self._clock()}
        self._write(lambda connection: database.put(connection, schema.recalls, row))

    def note(self, name: str) -> str:
        """What was noted under ``name``, such as the path that is followed; "" where nothing was."""
        from sqlalchemy import select

        from nnlab.store.schema import meta

        rows = self._rows(select(meta.c.value).where(meta.c.key == f"note.{self.learner}.{name}"))
        return str(rows[0][0] or "") if rows else ""

    def put_note(self, name: str, value: str) -> None:
        """Note ``value`` under ``name``."""
        from nnlab.store import database, schema

        row = {"key": f"note.{self.learner}.{name}", "value": value}
        self._write(lambda connection: database.put(connection, schema.meta, row))

    def _key(self, lesson: str, step: str) -> dict[str, str]:
        return {"learner": self.learner, "lesson": lesson, "step": step}

    def _touch(self, connection: Any, lesson: str, now: float, **changes: Any) -> None:
        from sqlalchemy import insert, update

        from nnlab.store import schema

        mine = (schema.lessons.c.learner == self.learner) & (schema.lessons.c.lesson == lesson)
        changes["touched"] = now
        if connection.execute(update(schema.lessons).where(mine).values(**changes)).rowcount == 0:
            row = {"at_step": "", "started": now, "finished": 0.0, **changes}
            connection.execute(insert(schema.lessons).values(learner=self.learner, lesson=lesson, **row))

    # ------------------------------------------------------------------ reading

    def _rows(self, statement: Any) -> list[Any]:
        with self._lock:
            return self._database.rows(statement)

    def position(self, lesson: str) -> str:
        """The step the learner is at; "" where the lesson was never begun."""
        from sqlalchemy import select

        from nnlab.store.schema import lessons as table

        rows = self._rows(
            select(table.c.at_step).where(table.c.learner == self.learner, table.c.lesson == lesson)
        )
        return str(rows[0][0]) if rows else ""

    def steps(self, lesson: str) -> dict[str, dict[str, Any]]:
        """What was kept of each step."""
        from sqlalchemy import select

        from nnlab.store.schema import steps as table

        rows = self._rows(
            select(table.c.step, table.c.data).where(
                table.c.learner == self.learner, table.c.lesson == lesson
            )
        )
        return {row.step: json.loads(row.data) for row in rows}

    def lessons(self) -> dict[str, LessonRow]:
        """Every lesson that was begun, for the course map; the one touched last is the one to continue."""
        from sqlalchemy import case, func, select

        from nnlab.store.schema import lessons, steps

        passed = func.sum(case((steps.c.status == "passed", 1), else_=0))
        seconds = func.sum(steps.c.seconds)
        own = (steps.c.learner == lessons.c.learner) & (steps.c.lesson == lessons.c.lesson)
        rows = self._rows(
            select(lessons, passed.label("passed"), seconds.label("seconds"))
            .select_from(lessons.outerjoin(steps, own))
            .where(lessons.c.learner == self.learner)
            .group_by(*lessons.primary_key, *[c for c in lessons.c if not c.primary_key])
        )
        return {
            r.lesson: LessonRow(
                r.lesson,
                r.at_step,
                r.started,
                r.touched,
                r.finished,
                float(r.seconds or 0),
                int(r.passed or 0),
            )
            for r in rows
        }

    def answers(self, lesson: str = "", step: str = "") -> list[Answer]:
        """Every answer in the order given."""
        from sqlalchemy import select

        from nnlab.store.schema import answers as table

        query = select(table).where(table.c.learner == self.learner)
        if lesson:
            query = query.where(table.c.lesson == lesson)
        if step:
            query = query.where(table.c.step == step)
        return [
            Answer(r.lesson, r.step, r.kind, r.text, bool(r.ok), r.misconception, r.hints, r.at)
            for r in self._rows(query.order_by(table.c.at))
        ]

    def due(self, now: float) -> list[RecallRow]:
        """The recall questions due by ``now``, the longest waiting first."""
        from sqlalchemy import select

        from nnlab.store.schema import recalls as table

        query = select(table).where(table.c.learner == self.learner, table.c.due <= now).order_by(table.c.due)
        return [RecallRow(r.lesson, r.step, r.due, r.rung, r.card) for r in self._rows(query)]

    def recall(self, lesson: str, step: str) -> RecallRow | None:
        """What is kept of a step's recall question; None where none was scheduled."""
        from sqlalchemy import select

        from nnlab.store.schema import recalls as table

        mine = (table.c.learner == self.learner) & (table.c.lesson == lesson) & (table.c.step == step)
        rows = self._rows(select(table).where(mine))
        return RecallRow(lesson, step, rows[0].due, rows[0].rung, rows[0].card) if rows else None

    # ------------------------------------------------------------------ one file in, one file out

    def _document(self) -> dict[str, Any]:
        from sqlalchemy import select

        from nnlab.store import schema

        tables = {**schema.KEYED, "answer": schema.answers}
        return {
            "format": FORMAT,
            "version": schema.VERSION,
            **{
                name: [
                    {key: value for key, value in row._mapping.items() if key != "learner"}
                    for row in self._rows(select(table).where(table.c.learner == self.learner))
                ]
                for name, table in tables.items()
            },
        }

    def _merge(self, document: dict[str, Any]) -> None:
        from sqlalchemy import insert, select

        from nnlab.store import database, schema

        def do(connection: Any) -> None:
            for name, table in schema.KEYED.items():
                for row in document[name]:
                    mine = {**NEW.get(name, {}), **row, "learner": self.learner}
                    match = [table.c[column.name] == mine[column.name] for column in table.primary_key]
                    old = connection.execute(select(table.c.touched).where(*match)).first()
                    if old is None or old[0] < mine["touched"]:
                        database.put(connection, table, mine)
            have = {row[0] for row in connection.execute(select(schema.answers.c.id))}
            for row in document["answer"]:
                if row["id"] not in have:
                    connection.execute(insert(schema.answers).values(**{**row, "learner": self.learner}))

        self._database.write(do)

    def export(self, path: Path | str) -> None:
        """Write everything to one JSON file."""
        require_free(Path(path), _is_export)
        with self._lock:
            text = json.dumps(self._document(), ensure_ascii=False, indent=1)
        write_atomically(Path(path), f"{text}\n".encode())

    def import_(self, path: Path | str) -> None:
        """Merge an exported file: the later state of a step wins, no answer is lost or doubled."""
        from nnlab.store import database, schema

        try:
            document = json.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise NnlabError(
                _("{path} cannot be read: {reason}", path=path, reason=error.strerror or error)
            ) from error
        except ValueError as error:
            raise NnlabError(
                _("{path} is not a progress file of nnlab ({reason})", path=path, reason=error)
            ) from error
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise NnlabError(_("{path} is not a progress file of nnlab", path=path))
        if document.get("version") not in (*schema.MIGRATIONS, schema.VERSION):
            raise NnlabError(
                _(
                    "{path} has version {version} of the progress format; this nnlab reads version {known}",
                    path=path,
                    version=document.get("version"),
                    known=schema.VERSION,
                )
            )
        with self._lock:
            try:
                self._merge(document)
            except (KeyError, TypeError, database.StatementError) as error:
                raise NnlabError(_("{path} is damaged: a row lacks {what}", path=path, what=error)) from error


def _is_export(path: Path) -> bool:
    """Whether the file at ``path`` begins as :meth:`Progress.export` writes it."""
    with path.open("rb") as file:
        return f'"format": "{FORMAT}"'.encode() in file.read(64)
