"""What can be done to a bench: the operations behind the actions, without log, undo or threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean
from nnlab.session import grounds, twin
from nnlab.session.bench import Bench, Prediction, Setup

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.engine.address import Address
    from nnlab.engine.device import Device
    from nnlab.engine.kernels import Kernels
    from nnlab.network import Network
    from nnlab.session.own_text import Reader
    from nnlab.training import Run, Stop
    from nnlab.training.landscape import Axis
    from nnlab.training.survey import Survey

BYTES_PER_PARAMETER = 16
"""Its value, its gradient and two numbers of optimiser state in float32."""

NO_DATA_SHAPE = (2,)
"""What a network is shown with before there are data: two features, as on the plane."""

NO_DATA_PICTURE = (28, 28, 1)
"""The same for a network that begins with a layer on images."""


class Workbench:
    """A bench and what actions do to it.  Every change either happens as a whole or raises NnlabError."""

    bench: Bench
    device: str
    _reader: Reader | None = None

    # -- looking at it --------------------------------------------------------------------------

    @property
    def data(self) -> Dataset | None:
        return self.bench.data

    @property
    def network(self) -> Network | None:
        """The network of the current run, with trained parameters; as it was built before there is one."""
        return self.bench.run.network if self.bench.run is not None else self.bench.network

    @property
    def run(self) -> Run | None:
        """The current run; None until a step is asked for."""
        return self.bench.run

    @property
    def runs(self) -> dict[str, Run]:
        return self.bench.runs

    @property
    def current(self) -> str:
        return self.bench.current

    @property
    def example(self) -> int:
        return self.bench.example

    @property
    def selection(self) -> Address | None:
        return self.bench.selection

    @property
    def grain(self) -> str:
        return self.bench.grain

    @property
    def predictions(self) -> tuple[Prediction, ...]:
        return self.bench.predictions

    # -- making and changing --------------------------------------------------------------------

    def reached(self) -> None:
        """Remember how far the current run has come."""
        run, reach = self.need_run(), self.bench.reach
        reach[self.current] = max(run.step_count, reach.get(self.current, 0))

    def need_data(self) -> Dataset:
        if self.bench.data is None:
            raise NnlabError(_("there is no data yet; choose some, for example: data moons"))
        return self.bench.data

    def need_network(self) -> Network:
        if self.bench.network is None:
            raise NnlabError(_("there is no network yet; build one, for example: net dense 8 tanh | dense 1"))
        return self.bench.network

    def need_run(self) -> Run:
        """The current run; made at step 0 where there is none yet."""
        bench = self.bench
        if bench.run is None:
            device = self.device_for(self._begun)
            bench.runs[bench.current] = self._begun(device.kernels)
            bench.reach[bench.current] = 0
            self.computing_with(device)
        return bench.runs[bench.current]

    def _begun(self, kernels: Kernels) -> Run:
        """A run at step 0 of what lies on the bench."""
        from nnlab.network import checkpoint
        from nnlab.training import Run

        data, setup, fresh = self.need_data(), self.bench.setup, self.fresh_network()
        if self.bench.weights is not None:
            checkpoint.fill(fresh, self.bench.weights, _("what was loaded or taken over"))
        return Run(
            fresh,
            data,
            loss=setup.loss,
            optimizer=setup.optimizer,
            batch_size=setup.batch_size or len(data.split.train),
            seed=setup.seed,
            shuffle=setup.shuffle,
            turns=setup.turns,
            schedule=setup.schedule,
            clip=setup.clip,
            l1=setup.l1,
            l2=setup.l2,
            maxnorm=setup.maxnorm,
            sparse=setup.sparse,
            freeze=setup.freeze,
            augment=setup.augment,
            kernels=kernels,
        )

    def fresh_network(self) -> Network:
        """The network on the bench as the seed of the run draws it."""
        from nnlab.network import Network

        network = self.need_network()
        return Network.parse(network.text, network.input_shape, self.bench.setup.seed, network.inputs)

    def device_for(self, begin: Callable[[Kernels], Run]) -> Device:
        """Where a run computes that ``begin`` makes; ``auto`` makes one to measure it."""
        from nnlab.engine.device import choose
        from nnlab.training.stopwatch import pace

        return choose(self.device, lambda kernels: pace(begin(kernels)), then=self.computed_with())

    def computed_with(self) -> str:
        """The kernels this bench has computed with so far, empty where it has not."""
        return ""

    def computing_with(self, device: Device) -> None:
        """Told where a new run computes and with which kernels, which its bits depend on."""

    def use_data(self, data: Dataset | None, text: str) -> NnlabError | None:
        """Other data: the network is fitted to their shape, and training starts afresh.

        A network that does not fit them is taken away; answers why, None where it stays.
        """
        bench = self.bench
        bench.data, bench.data_text, bench.example, bench.axes = data, text, 0, ()
        bench.own = ""
        bench.start_afresh()
        if data is not None and bench.network_text:
            weights = bench.weights
            try:
                self.use_network(bench.network_text)
            except NnlabError as misfit:
                bench.network, bench.network_text, bench.weights = None, "", None
                return misfit
            bench.weights = weights
        return None

    def clear(self) -> None:
        """No data, no network, every knob as at the beginning."""
        self.use_data(None, "")
        bench = self.bench
        bench.network, bench.network_text, bench.weights = None, "", None
        bench.start_afresh(Setup(seed=bench.setup.seed))

    def points_data(self) -> Dataset:
        from nnlab.data import points

        return points([(x, y, label) for x, y, label in self.bench.points])

    def use_network(self, text: str) -> None:
        """Another network; its input shape is that of the data."""
        from nnlab.engine.memory import require
        from nnlab.network import Network, format_layers, parse_layers, with_picture

        bench, layers = self.bench, parse_layers(text)
        if bench.data is None:
            shape: tuple[int, ...] = NO_DATA_PICTURE if layers[0].takes_image else NO_DATA_SHAPE
        else:
            shape = bench.data.input_shape
            layers = with_picture(layers, shape, bench.data.picture)
        text = format_layers(layers)
        inputs = bench.data.shapes if bench.data is not None else {}
        sizes = bench.data.vocabulary_sizes if bench.data is not None else {}
        network = Network.parse(text, input_shape=shape, inputs=inputs, vocabularies=sizes)
        count = network.parameter_count
        require(
            count * BYTES_PER_PARAMETER,
            _("{count} parameters with gradients and optimiser state", count=f"{count:,}"),
        )
        # As it was written: what the data say, other data may say otherwise.
        bench.network, bench.network_text = network, text
        bench.weights, bench.axes = None, ()
        bench.start_afresh()

    def layer_names(self) -> list[str]:
        return [row.name for row in self.network.ledger()] if self.network is not None else []

    def change(self, **changes: object) -> None:
        """Turn knobs: from the next step on, or from the start where it is one that a run begins with."""
        bench = self.bench
        setup = bench.setup.changed(**changes)
        if changes.get("loss"):
            from nnlab.training.distillation import require_teacher
            from nnlab.training.losses import LossRule

            require_teacher(LossRule.parse(str(changes["loss"])), bench.data)
        if bench.run is None or twin.FROM_THE_START & set(changes):
            bench.start_afresh(setup)
            return
        if settings := self.run_settings(changes):
            self._own_run().set(**settings)
        bench.setups[bench.current] = setup

    def run_settings(self, changes: dict[str, object]) -> dict[str, Any]:
        """What of ``changes`` is for the run itself; patience is for whoever trains it."""
        settings = {name: value for name, value in changes.items() if name != "patience"}
        if "batch_size" in settings:
            settings["batch_size"] = settings["batch_size"] or len(self.need_data().split.train)
        return settings

    def edit(self, address: str, value: float) -> tuple[float, float]:
        """Change one parameter; answers (old, new)."""
        target = self.address(address)
        run = self._own_run()
        run.settle()  # what stands here after the update and after edits made at this step before
        old = run.value(target)
        run.edit(target, value)
        return old, run.value(target)

    def operate(self, text: str) -> None:
        """Prune, round or take units out, as :meth:`nnlab.training.run.Run.operate` does."""
        run, bench = self._own_run(), self.bench
        run.operate(text)
        bench.setups[bench.current] = bench.setup.changed(sparse=run.config.sparse)

    def put_back(self, layer: str, units: Sequence[int]) -> list[str]:
        """Put units back that were taken out; answers their names."""
        return self._own_run().put_back(layer, units)

    def _own_run(self) -> Run:
        """A run that may be changed: the past stays with the old one, for undo or as a branch of its own."""
        run, bench = self.need_run(), self.bench
        if run.step_count < bench.reach.get(bench.current, 0):
            self.branch("")
        else:
            bench.runs[bench.current] = run.branch()
        return bench.runs[bench.current]

    def branch(self, name: str, **changes: object) -> None:
        """A new run from here, and work on it."""
        run, bench = self.need_run(), self.bench
        if not name:
            number = 1
            while f"branch{number}" in bench.runs:
                number += 1
            name = f"branch{number}"
        if name in bench.runs:
            raise NnlabError(_("there is already a run “{name}”; choose another name", name=name))
        if fixed := sorted(twin.FROM_THE_START & set(changes)):
            raise NnlabError(
                _(
                    "a branch shares the past, so {knob} cannot differ; set it instead: set {knob}=…",
                    knob=fixed[0],
                )
            )
        grounds.share(bench, name)
        bench.runs[name] = run.branch(**self.run_settings(changes))
        bench.setups[name] = bench.setup.changed(**changes)
        bench.reach[name] = bench.runs[name].step_count
        bench.current = name

    def switch(self, name: str) -> None:
        # A run that nobody has stepped or looked at yet is not made, but has its setup.
        if name not in self.bench.runs and name not in self.bench.setups:
            names = ", ".join(self.bench.runs) or "–"
            raise NnlabError(
                _("there is no run “{name}”; there are: {names}", name=name, names=names)
                + did_you_mean(name, self.bench.runs)
            )
        if name != self.bench.current:
            grounds.go_to(self.bench, name)
        self.bench.twin = self.bench.current if name == self.bench.twin else self.bench.twin
        self.bench.current = name
        self.follow_twin()

    def follow_twin(self) -> None:
        """Bring the twin of the current run to where that run stands."""
        twin.follow(self.bench)

    def forward(self, grain: str, count: int) -> Stop:
        """Move on by ``count`` grains, at most to where a number breaks down."""
        run = self.need_run()
        for _each in range(count):
            stop = run.forward(grain)
            if stop.reason == "nan":
                break
        self.reached()
        self.follow_twin()
        return stop

    def backward(self, grain: str, count: int) -> None:
        run = self.need_run()
        for _each in range(count):
            run.back(grain)
        self.follow_twin()

    def seek(self, step: int) -> None:
        run, reach = self.need_run(), self.bench.reach.get(self.current, 0)
        if step > reach:
            raise NnlabError(
                _(
                    "step {step} is not trained yet, the run ends at {reach}; “run to step {step}” goes on",
                    step=step,
                    reach=reach,
                )
            )
        run.seek(step)
        self.follow_twin()

    def follow(self, row: int) -> None:
        """Follow one example of the training split."""
        rows = len(self.need_data().split.train)
        if row >= rows:
            raise NnlabError(
                _(
                    "there is no example {row}; the training split has rows 0 to {last}",
                    row=row,
                    last=rows - 1,
                )
            )
        self.bench.example, self.bench.own = row, ""

    def follow_own(self, text: str) -> Reader:
        """Follow a text of one's own in place of an example.

        Raises NnlabError where the data are no texts, or this one cannot be read.
        """
        from nnlab.session.own_text import Reader

        self.bench.own, self._reader = text, Reader.of(self, text)
        return self._reader

    @property
    def reader(self) -> Reader | None:
        """Who reads the text of one's own with the current run; None while an example is followed."""
        bench, reader = self.bench, self._reader
        if not bench.own or bench.run is None:
            return None
        if reader is None or (reader.own.text, reader.run) != (bench.own, bench.run):
            return self.follow_own(bench.own)
        return reader

    def shown(self, fresh: bool = True) -> tuple[Run, Dataset]:
        """The run whose numbers are looked at, and the data that the example followed is from: those of the
        bench, or a text of one's own; not ``fresh``: as it was read last."""
        reader = self.reader
        if reader is None:
            return self.need_run().on_show, self.need_data()
        run = reader.now() if fresh else reader.glance
        return run, reader.own.data

    @property
    def studies(self) -> dict[str, Any]:
        """What trials such as the learning-rate finder found last, by the name of their action."""
        return self.bench.studies

    # -- the landscape of the loss --------------------------------------------------------------

    @cached_property
    def surveyor(self) -> Survey:
        from nnlab.training.survey import Survey

        return Survey()

    def look_over(self, axes: Sequence[tuple[str, tuple[float, float] | None]]) -> None:
        """Choose the parameters, each with its range or None, that the loss is drawn over; none for auto."""
        from nnlab.training.landscape import Axis
        from nnlab.training.survey import parameter

        run = self.need_run()
        self.bench.axes = tuple(Axis(str(parameter(run, address)), range) for address, range in axes)

    def landscape_axes(self) -> tuple[Axis, ...]:
        """What the loss is drawn over: what was chosen, else all parameters where there are one or two."""
        from nnlab.training.landscape import Axis

        if self.bench.axes or self.network is None or self.network.parameter_count not in (1, 2):
            return self.bench.axes
        return tuple(
            Axis(f"{value.name}[{','.join(map(str, index))}]")
            for value in self.network.graph.parameters
            for index in product(*map(range, value.shape))
        )

    # -- numbers --------------------------------------------------------------------------------

    def address(self, text: str) -> Address:
        """The address of a number that exists on the current run.  Raises NnlabError where none does."""
        return self.need_run().address(text)

    def select(self, text: str) -> Address:
        self.bench.selection = self.address(text)
        return self.bench.selection

    def look_at(self, address: Address) -> None:
        """The cursor of a skin went to ``address``: pages about one unit are about that."""
        self.bench.selection = address

    def value(self, address: Address) -> float | None:
        """The number at ``address``; None while the tape has not come to it."""
        run = self.need_run()
        return run.value(address) if run.tape.known(address) else None

    def predict(self, text: str, value: float) -> Prediction:
        """Keep the learner's prediction; the truth stands beside it once the tape has come to it."""
        address = self.address(text)
        made = Prediction(str(address), value, self.value(address), self.need_run().step_count)
        self.bench.predictions = (*self.bench.predictions, made)
        return made

    def parameter_names(self) -> list[str]:
        return list(self.need_network().parameters)

    def classify(self, row: int, numbers: tuple[float, ...]) -> Any:
        """The network's outputs for a row of the data or for numbers of one's own."""
        from nnlab.session.inference import classify

        return classify(self, row, numbers)
