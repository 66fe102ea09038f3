"""The one schema: portable types, so that the same tables serve SQLite and PostgreSQL.

``learner`` is part of every key: a file at home has one learner, a class has many.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text

VERSION = 2

MIGRATIONS = {1: ("ALTER TABLE recall ADD COLUMN card TEXT NOT NULL DEFAULT ''",)}
"""What brings a file of a version to the next one; nothing is ever taken away."""

metadata = MetaData()

meta = Table("meta", metadata, Column("key", String(64), primary_key=True), Column("value", Text))

lessons = Table(
    "lesson",
    metadata,
    Column("learner", String(64), primary_key=True),
    Column("lesson", String(96), primary_key=True),
    Column("at_step", String(96), nullable=False),
    Column("started", Float, nullable=False),
    Column("touched", Float, nullable=False),
    Column("finished", Float, nullable=False),
)

steps = Table(
    "step",
    metadata,
    Column("learner", String(64), primary_key=True),
    Column("lesson", String(96), primary_key=True),
    Column("step", String(96), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("hints", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("touched", Float, nullable=False),
    Column("data", Text, nullable=False),  # what LessonRun keeps of the step, as JSON
)

answers = Table(
    "answer",
    metadata,
    Column("id", String(32), primary_key=True),  # random: merging two files never doubles or loses one
    Column("learner", String(64), nullable=False),
    Column("lesson", String(96), nullable=False),
    Column("step", String(96), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("ok", Boolean, nullable=False),
    Column("misconception", String(96), nullable=False),
    Column("hints", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Index("answer_by_step", "learner", "lesson", "step"),
)

recalls = Table(
    "recall",
    metadata,
    Column("learner", String(64), primary_key=True),
    Column("lesson", String(96), primary_key=True),
    Column("step", String(96), primary_key=True),
    Column("due", Float, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("card", Text, nullable=False, server_default=""),  # what the scheduler keeps, as JSON
    Column("touched", Float, nullable=False),
)

KEYED = {"lesson": lessons, "step": steps, "recall": recalls}  # merged by key, the later one wins
