"""The one exception family of nnlab."""

from __future__ import annotations


class NnlabError(Exception):
    """Bad input, answered with one clear sentence.

    The message says what was given, why it cannot be, and what would work. The app shows it in
    place; the command line prints it and exits with status 2. Anything else that is raised is a bug.
    """
