"""What was learned elsewhere comes to the bench: from a file, from the run before, from a teacher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.session.workbench import Workbench


def load_network(session: Workbench, path: Path) -> None:
    """The network in a safetensors file, with its weights, in place of the one that lies here."""
    from nnlab.network import checkpoint

    network, _notes = checkpoint.read(path)
    data = session.data
    if data is not None and (data.input_shape, data.shapes) != (network.input_shape, network.inputs):
        raise NnlabError(
            _(
                "{path} holds a network for examples of shape {wants}, and {data} has shape {has}",
                path=path,
                wants="×".join(map(str, network.input_shape)),
                data=data.name,
                has="×".join(map(str, data.input_shape)),
            )
        )
    session.use_network(network.text)
    session.bench.weights = {**network.parameters, **network.store.copy_states()}


def load_layers(session: Workbench, path: Path, layers: Sequence[str]) -> list[str]:
    """The numbers of some layers from a safetensors file into the network that lies here, which else begins
    as it is drawn; answers the names taken over.
    """
    from nnlab.network import checkpoint
    from nnlab.network.transfer import layers_from

    weights, names = layers_from(session.fresh_network(), checkpoint.read_arrays(path), layers, str(path))
    session.bench.weights = weights
    session.bench.start_afresh()
    return names


def transfer(session: Workbench, text: str) -> list[str]:
    """Another network, or the same, that begins with what was learned; answers the names taken over."""
    from nnlab.network.transfer import everything, taken_over

    bench = session.bench
    learned = everything(bench.run.network) if bench.run is not None else bench.weights
    if learned is None:
        raise NnlabError(_("nothing is trained yet that could be taken over; “run 5 epochs” trains"))
    session.use_network(text or bench.network_text)
    bench.weights, names = taken_over(session.fresh_network(), learned)
    return names


def distil(session: Workbench, text: str, loss: str) -> None:
    """The trained network becomes the teacher of another, or of the same one drawn anew, by ``loss``."""
    from nnlab.network.distillation import taught

    data, run, bench = session.need_data(), session.need_run(), session.bench
    if not run.step_count and bench.weights is None:
        raise NnlabError(_("nothing is trained yet that could teach; “run 5 epochs” trains"))
    teacher = taught(run.network, data.x, **{name: data.inputs[name] for name in run.network.inputs})
    setup = bench.setup.changed(loss=loss)
    bench.data = replace(data, teacher=teacher)
    session.use_network(text or bench.network_text)
    bench.start_afresh(setup)
    session.need_run()  # whether the student fits is said now
