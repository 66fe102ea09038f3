"""An SQLite file that several programs may write and that survives being killed at any moment.

Measured settings: WAL, ``synchronous=FULL`` (a commit is on the disk), ``busy_timeout`` set before
the journal mode, and every write begun with ``BEGIN IMMEDIATE`` (a deferred one that reads first fails with
"database is locked" as soon as two programs write).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import quote

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, select, update
from sqlalchemy.exc import DatabaseError, OperationalError, StatementError
from sqlalchemy.pool import StaticPool

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.store import schema

BUSY_SECONDS = 10.0
RETRIES = 3

Result = TypeVar("Result")


class Database:
    """One open store; ``path`` None keeps it in memory."""

    def __init__(self, path: Path | None, busy: float = BUSY_SECONDS) -> None:
        self.path = path
        self.engine = _engine(path, busy)
        try:
            self._create()
        except BaseException:
            self.engine.dispose()
            raise

    def _create(self) -> None:
        version = self.write(_brought_up)
        if version != str(schema.VERSION):
            raise NnlabError(
                _(
                    "{path} was written by another version of nnlab (schema {version}, here {known}); "
                    "update nnlab, or set NNLAB_HOME to another folder",
                    path=self.path,
                    version=version,
                    known=schema.VERSION,
                )
            )
        if self.path is not None:
            with self.engine.connect().execution_options(reading=True) as connection:
                verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
                if verdict != "ok":
                    raise sqlite3.DatabaseError(str(verdict))

    @classmethod
    def copy_of(cls, path: Path) -> Database:
        """In memory, what stands in a file that may be read and not written, brought up to this version.

        Nothing is created beside the file.  One of a later version is taken as it is.
        """
        database = cls.__new__(cls)
        database.path, database.engine = None, _engine(None, BUSY_SECONDS)
        address = f"file:{quote(str(path))}?mode=ro&immutable=1"
        with (
            closing(sqlite3.connect(address, uri=True)) as file,
            closing(database.engine.raw_connection()) as memory,
        ):
            file.backup(cast(sqlite3.Connection, memory.driver_connection))
        database.write(_brought_up)
        return database

    def write(self, do: Callable[[Connection], Result]) -> Result:
        """Run ``do`` in one transaction; tried again while another program holds the file."""
        for attempt in range(RETRIES):
            try:
                with self.engine.begin() as connection:
                    return do(connection)
            except OperationalError as error:
                if not is_busy(error) or attempt == RETRIES - 1:
                    raise
                time.sleep(0.05 * (attempt + 1))
        raise AssertionError("unreachable")

    def rows(self, statement: Any) -> list[Any]:
        with self.engine.connect().execution_options(reading=True) as connection:
            return list(connection.execute(statement))

    def close(self) -> None:
        self.engine.dispose()


def _engine(path: Path | None, busy: float) -> Engine:
    if path is None:
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        engine = create_engine(
            f"sqlite:///{path}", connect_args={"timeout": busy, "check_same_thread": False}
        )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        connection.execute(f"PRAGMA busy_timeout={int(busy * 1000)}")
        if path is not None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _brought_up(connection: Connection) -> str:
    """The version of the file once every table is there and it is as new as this one, if it was older."""
    schema.metadata.create_all(connection)
    row = connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == "version")).first()
    if row is not None:
        return _migrated(connection, str(row[0]))
    connection.execute(insert(schema.meta).values(key="version", value=str(schema.VERSION)))
    return str(schema.VERSION)


def _migrated(connection: Connection, version: str) -> str:
    """The version of the file once it was brought up to this one, in the same transaction."""
    while version.isdigit() and int(version) in schema.MIGRATIONS:
        for statement in schema.MIGRATIONS[int(version)]:
            connection.exec_driver_sql(statement)
        version = str(int(version) + 1)
        put(connection, schema.meta, {"key": "version", "value": version})
    return version


def put(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """Update the row with this key, or insert it."""
    keys = [column.name for column in table.primary_key]
    match = [table.c[key] == values[key] for key in keys]
    rest = {name: value for name, value in values.items() if name not in keys}
    if connection.execute(update(table).where(*match).values(**rest)).rowcount == 0:
        connection.execute(insert(table).values(**values))


def is_busy(error: BaseException) -> bool:
    text = str(getattr(error, "orig", error)).lower()
    return "locked" in text or "busy" in text


def is_corrupt(error: BaseException) -> bool:
    """Is the file itself broken (and not merely full, locked or read-only)?"""
    cause = getattr(error, "orig", None) or error
    text = str(cause).lower()
    if isinstance(cause, sqlite3.OperationalError):
        return "malformed" in text
    return isinstance(cause, sqlite3.DatabaseError) and not isinstance(cause, sqlite3.IntegrityError)


def reason(error: BaseException) -> str:
    """Why, in the words of the system and without SQLAlchemy's appendix."""
    return str(getattr(error, "orig", None) or getattr(error, "strerror", None) or error)


__all__ = ["STORE_ERRORS", "Database", "StatementError", "is_corrupt", "put", "reason"]

STORE_ERRORS = (DatabaseError, sqlite3.Error, OSError)
