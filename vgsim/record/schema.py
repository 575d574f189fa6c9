"""The tables of a recording; ``docs/recording.md`` says what each column means."""

from __future__ import annotations

from vgsim.core.container import ContainerKind

KIND = ContainerKind("recording", 0x56475352, 1)
"""A recording: "VGSR" in the file's application_id, and the layout of this version."""
SUFFIX = ".vgrun"

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE modules (name TEXT PRIMARY KEY, kind TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE stages (
    id INTEGER PRIMARY KEY, place REAL NOT NULL, name TEXT NOT NULL UNIQUE, module TEXT NOT NULL,
    call INTEGER NOT NULL, kind TEXT NOT NULL, parent TEXT NOT NULL, shape TEXT NOT NULL,
    dtype TEXT NOT NULL);
CREATE TABLE edges (source TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (source, target))
    WITHOUT ROWID;
CREATE TABLE parameters (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, stage TEXT NOT NULL, shape TEXT NOT NULL,
    dtype TEXT NOT NULL, trained INTEGER NOT NULL);
CREATE TABLE groups (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE figures (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, coding TEXT NOT NULL,
    about TEXT NOT NULL);
CREATE TABLE steps (id INTEGER PRIMARY KEY, step INTEGER NOT NULL, time REAL NOT NULL, loss REAL);
CREATE TABLE arrays (
    figure INTEGER NOT NULL, step_id INTEGER NOT NULL, layout BLOB, data BLOB NOT NULL);
CREATE UNIQUE INDEX arrays_by_figure ON arrays (figure, step_id);
CREATE INDEX arrays_by_step ON arrays (step_id);
CREATE TABLE notes (id INTEGER PRIMARY KEY, step INTEGER, stage TEXT, text TEXT NOT NULL)
"""
TABLES = (
    "meta", "modules", "stages", "edges", "parameters", "groups", "figures", "steps", "arrays",
    "notes",
)  # fmt: skip
