"""Which permission each command's calls named, heard from the client's own log while a command runs."""

import logging
from contextlib import contextmanager

import click

from teamskit.cli.main import teamskit
from teamskit.tenant.permissions import OF_EACH_MEMBER

USED = {}
"""Command path to the permissions that its calls have named so far in this run of the tests."""


def command_named(words):
    """Give the command that some words name, and its path; words before it are options of the whole program."""
    found, path = teamskit, ()
    for word in map(str, words):
        if not isinstance(found, click.Group):
            break
        inner = found.get_command(click.Context(found), word)
        if inner is not None:
            found, path = inner, (*path, word)
    return found, " ".join(path)


class _Listener(logging.Handler):
    def __init__(self, names):
        super().__init__(logging.DEBUG)
        self._names = names

    def emit(self, record):
        name = getattr(record, "permission", OF_EACH_MEMBER)
        if name != OF_EACH_MEMBER:
            self._names.add(name)


@contextmanager
def listening(words):
    """Note the permission of every call while a command runs."""
    names = USED.setdefault(command_named(words)[1], set())
    logger = logging.getLogger("teamskit.tenant")
    level, listener = logger.level, _Listener(names)
    logger.addHandler(listener)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.removeHandler(listener)
        logger.setLevel(level)
