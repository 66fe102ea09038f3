"""What runs of one bench stand on, where it is not the same for all: other data, or another network.

The bench itself has the data and the network of the current run; those of the others are kept here by their
names, and change places when another run becomes the current one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nnlab.data import Dataset
    from nnlab.network import Network
    from nnlab.session.bench import Bench
    from nnlab.session.workbench import Workbench
    from nnlab.training import Run


@dataclass(frozen=True, eq=False)
class Ground:
    """Data and network of a run, as the bench holds those of the current one."""

    data_text: str
    data: Dataset | None
    network_text: str
    network: Network | None
    weights: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, bench: Bench) -> Ground:
        return cls(bench.data_text, bench.data, bench.network_text, bench.network, bench.weights)

    def put(self, bench: Bench) -> None:
        """Lay them on the bench."""
        bench.data_text, bench.data = self.data_text, self.data
        bench.network_text, bench.network, bench.weights = self.network_text, self.network, self.weights


def ground_of(bench: Bench, name: str) -> Ground:
    """What the run ``name`` stands on."""
    if name == bench.current or name not in bench.grounds:
        return Ground.of(bench)
    return bench.grounds[name]


def share(bench: Bench, name: str) -> None:
    """A new run ``name`` stands on what the current one stands on."""
    if bench.grounds:
        bench.grounds[name] = Ground.of(bench)


def go_to(bench: Bench, name: str) -> None:
    """The current run gives its place on the bench to the run ``name``, which is not current yet."""
    other = bench.grounds.get(name)
    if other is None:
        return
    bench.grounds[bench.current] = Ground.of(bench)
    if (other.data_text, other.network_text) != (bench.data_text, bench.network_text):
        bench.example, bench.own, bench.selection, bench.axes, bench.studies = 0, "", None, (), {}
    other.put(bench)


def scratch_of(work: Workbench, bench: Bench) -> Workbench:
    """A workbench with a ``bench`` of its own, that computes as ``work`` does."""
    from nnlab.session.workbench import Workbench

    class Scratch(Workbench):
        device = work.device

        def computed_with(self) -> str:
            return work.computed_with()

    scratch = Scratch()
    scratch.bench = bench
    return scratch


def another(work: Workbench, name: str, network: str, data: str) -> Run:
    """A run at step 0 on another network or other data, which is the run ``name`` of the bench from now on.

    Raises NnlabError where there is such a run already, or network and data do not fit each other.
    """
    from nnlab.data import load
    from nnlab.session.bench import Bench

    bench = work.bench
    if name in bench.runs:
        raise NnlabError(_("there is already a run “{name}”; choose another name to begin one", name=name))
    work.need_run()
    scratch = scratch_of(
        work, Bench(setups={"main": replace(bench.setup, loss=None if data else bench.setup.loss)})
    )
    spec = data or bench.data_text
    misfit = scratch.use_data(load(data) if data else work.need_data(), spec)
    assert misfit is None, misfit
    scratch.use_network(network or bench.network_text)
    run = scratch.need_run()
    for each in bench.runs:
        bench.grounds.setdefault(each, Ground.of(bench))
    bench.grounds[name] = Ground.of(scratch.bench)
    bench.runs[name], bench.setups[name], bench.reach[name] = run, scratch.bench.setup, 0
    return run
