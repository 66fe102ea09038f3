"""Writing what a session has to a file of its own: its log, or its trained parameters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session import log
from nnlab.session.files import holds_parameters, require_free, write_arrays, write_atomically

if TYPE_CHECKING:
    from nnlab.session.session import Session


def save(session: Session, path: Path, force: bool = False) -> None:
    """Write the whole log to ``path``; another file than a session is replaced only by ``force``."""
    if not force:
        require_free(path, log.holds_session, _force_it())
    if session.trainer.here:
        session.stretch.mark(going_on=True)
    if path.exists() and session.path is not None and path.samefile(session.path):
        return  # it stands there already, and is being written on
    if path.is_file() and log.in_use(path):
        raise NnlabError(_("the session {path} is open in another nnlab; choose another name", path=path))
    write_atomically(path, session.log.text().encode())


def export(session: Session, path: Path, force: bool = False) -> list[str]:
    """Write the settled parameters to ``path``; answers their names.

    Into an .npz file the arrays alone, into a .safetensors file the whole network with its script.
    Something else that has the name already is replaced only by ``force``.
    """
    from nnlab.network import checkpoint

    if not force:
        require_free(path, holds_parameters, _force_it())
    run = session.need_run()
    arrays = run.network.parameters
    if path.suffix == ".safetensors":
        notes = {"script": session.history, "losses": run.history.losses.tolist()}
        write_atomically(path, checkpoint.to_bytes(run.network, notes))
    else:
        write_arrays(path, arrays)
    return list(arrays)


def export_runs(session: Session, path: Path, force: bool = False) -> int:
    """Write a line for every run to the .csv file ``path``; answers how many."""
    from nnlab.session import runtable

    session.need_run()
    if not force:
        require_free(path, runtable.holds_runs, _force_it())
    rows = runtable.run_rows(session.bench)
    write_atomically(path, runtable.to_csv(rows))
    return len(rows)


def _force_it() -> str:
    return _("choose another name, or write “force” behind it to replace it")
