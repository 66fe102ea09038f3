"""Where arrays live: NumPy on the CPU or CuPy on a GPU, chosen before a run begins.

``auto`` measures: a few passes of the very program on the CPU, then on the GPU if it has a chance, and the
faster one computes.  Detection goes step by step and keeps one plain sentence for each, so that
``nnlab doctor`` can say why.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.engine.kernels import Kernels

CHOICES = ("auto", "cpu", "gpu")
KERNEL_SETS = ("auto", "numpy", "numba")
KERNELS_VARIABLE = "NNLAB_KERNELS"
MOST_THREADS = 1024
"""More than any machine has: a number beyond it is a slip of the pen."""
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Device:
    """``kind`` is ``cpu`` or ``gpu``; ``reasons`` tell how it was chosen; ``xp`` is numpy or cupy.

    ``kernel_set`` is what computes on a CPU, see :func:`choose_kernels`.  ``measured`` is the sentence that
    says what ``auto`` measured, empty where it did not.
    """

    kind: str
    name: str
    xp: Any
    reasons: tuple[str, ...] = field(default=())
    kernel_set: str = "numpy"
    measured: str = ""

    @property
    def kernels(self) -> Kernels:
        """The kernel table of this device."""
        from nnlab.engine.kernels import table

        if self.kind == "gpu":
            from nnlab.engine.kernels.cuda import fused

            return fused(table(self.xp).override(CUPY, "cupy"))
        if self.kernel_set == "numba":
            from nnlab.engine.kernels.fast import FUSED, NUMBA

            return table().override(NUMBA, "numba", FUSED)
        return table()


def set_threads(threads: int | None = None) -> int:
    """Fix the number of BLAS threads; must run before NumPy is imported to take effect.

    One thread per process unless the user asks otherwise or has set the variables: with two, six training
    processes on two cores are 37 times slower.  Returns the number in force.
    """
    if threads is not None:
        if not 1 <= threads <= MOST_THREADS:
            raise NnlabError(_("--threads {n} must be from 1 to {most}", n=threads, most=MOST_THREADS))
        for variable in THREAD_VARIABLES:
            os.environ[variable] = str(threads)
    for variable in THREAD_VARIABLES:
        os.environ.setdefault(variable, "1")
    try:
        return int(os.environ[THREAD_VARIABLES[0]])
    except ValueError:
        return 1


def set_kernels(wanted: str) -> None:
    """Have this process compute with a kernel set; ``auto`` leaves it to NNLAB_KERNELS and to the sessions.

    Raises NnlabError as :func:`choose_kernels` does.
    """
    chosen = choose_kernels(wanted)
    if wanted != "auto":
        os.environ[KERNELS_VARIABLE] = chosen


def choose_kernels(wanted: str = "auto", then: str = "") -> str:
    """``numpy`` or ``numba``.  ``auto`` is what NNLAB_KERNELS says.

    Never by what happens to be installed: other kernels give other bits, so somebody has to ask for them.
    ``then`` is what a session was recorded with: where nobody asks, it goes on with that if it can.
    Raises NnlabError for an unknown set, and where numba is asked for and not installed.
    """
    asked = os.environ.get(KERNELS_VARIABLE, "auto") if wanted == "auto" else wanted
    if asked not in KERNEL_SETS:
        raise NnlabError(
            _("kernels {wanted} are unknown; choose {choices}", wanted=asked, choices=", ".join(KERNEL_SETS))
        )
    there = importlib.util.find_spec("numba") is not None
    if asked == "numba" and not there:
        raise NnlabError(_("kernels numba: Numba is not installed; pip install 'nnlab[fast]'"))
    return "numba" if asked == "numba" or (asked == "auto" and then == "numba" and there) else "numpy"


@dataclass(frozen=True, slots=True)
class Pace:
    """What a pass of a program takes: ``seconds``, and in how many ``calls`` of kernels."""

    seconds: float
    calls: int


Measure = Callable[["Kernels"], Pace]
"""Makes a program with these kernels, runs it a few times, and answers its pace."""

LAUNCH_SECONDS = 5e-6
"""What a launch costs the host at least, with what Python does for it."""


def choose(
    wanted: str = "auto", measure: Measure | None = None, kernels: str = "auto", then: str = ""
) -> Device:
    """NumPy or CuPy.

    ``auto`` takes what a session was recorded with (``then``), where that is here, so that it goes on with
    its bits.  Else it takes the GPU where ``measure`` finds it faster.  ``kernels`` and ``then`` decide the
    kernel set of a CPU.  Raises NnlabError where a GPU is demanded and there is none that computes, and as
    :func:`choose_kernels` does.
    """
    if wanted not in CHOICES:
        raise NnlabError(
            _("--device {wanted} is unknown; choose {choices}", wanted=wanted, choices=", ".join(CHOICES))
        )
    if wanted == "cpu":
        return _cpu(_("the CPU was asked for"), kernels, then)
    if wanted == "auto" and then != "cupy":
        return _measured(measure, kernels, then)
    device, reason = _gpu()
    if device is not None:
        return device
    if wanted == "gpu":
        raise NnlabError(_("--device gpu: {reason}", reason=reason))
    return _cpu(reason, kernels, then)


def has_cupy() -> bool:
    """Whether CuPy is installed; it is not imported for that."""
    return importlib.util.find_spec("cupy") is not None


def _measured(measure: Measure | None, kernels: str, then: str) -> Device:
    """What ``auto`` comes to."""
    if not has_cupy():
        return _cpu(_no_cupy(), kernels, then)
    if then:
        return _cpu(_("the session began on the CPU and stays there (auto)"), kernels, then)
    if measure is None:
        reason = _("auto measures a network when its training begins; until then the CPU computes")
        return _cpu(reason, kernels, then)
    cpu = _cpu("", kernels, then)
    here = measure(cpu.kernels)
    if here.seconds <= here.calls * LAUNCH_SECONDS:
        return _because(
            cpu,
            _(
                "the CPU computes: a step takes it {here}, no more than a GPU needs to launch the step's "
                "{n} kernels (auto, measured)",
                here=duration_text(here.seconds),
                n=here.calls,
            ),
        )
    gpu, reason = _gpu()
    if gpu is None:
        return replace(cpu, reasons=(reason,))
    try:
        there = measure(gpu.kernels)
    except NnlabError as error:  # the GPU has too little memory
        return _because(cpu, _("the CPU computes (auto): {reason}", reason=error))
    paces = {"here": duration_text(here.seconds), "there": duration_text(there.seconds)}
    if there.seconds < here.seconds:
        return _because(
            gpu, _("the GPU computes: a step takes it {there}, the CPU {here} (auto, measured)", **paces)
        )
    return _because(
        cpu, _("the CPU computes: a step takes it {here}, the GPU {there} (auto, measured)", **paces)
    )


def _because(device: Device, measured: str) -> Device:
    reasons = (*(reason for reason in device.reasons if reason), measured)
    return replace(device, reasons=reasons, measured=measured)


def duration_text(seconds: float) -> str:
    """``3.2 ms``: seconds in the unit that leaves one to three digits before the point."""
    for factor, unit in ((1e6, "µs"), (1e3, "ms")):
        if seconds * factor < 1000:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds:.3g} s"


def gather(rows: Any, index: Any, out: Any) -> None:
    """CuPy's take has no mode; it wraps indices that are out of range."""
    rows.take(index, 0, out)


def row_maximum(flat: Any, starts: Any, m: Any) -> None:
    """CuPy's ufuncs cannot reduce."""
    flat.reshape(m.shape[0], -1).max(1, m)


def scatter_rows(ids: Any, da: Any, width: Any, columns: Any, start: Any, place: Any, dW: Any) -> None:
    """CuPy adds to repeated places by a method of its arrays, in no fixed order: the fused kernel takes its
    place (:mod:`nnlab.engine.kernels.cuda.embedding`)."""
    dW.fill(0)
    dW.scatter_add(ids.reshape(-1), da)


def key_maximum(z: Any, halves: Any, m: Any) -> None:
    """One launch instead of one for each half."""
    z.max(-2, m, True)


CUPY: dict[str, Callable[..., None]] = {
    "gather": gather,
    "key_maximum": key_maximum,
    "row_maximum": row_maximum,
    "scatter_rows": scatter_rows,
}
"""Kernels for which CuPy has no function of the reference's name."""


def _cpu(reason: str, kernels: str = "auto", then: str = "") -> Device:
    import numpy

    chosen = choose_kernels(kernels, then)
    return Device("cpu", f"NumPy {numpy.__version__}", numpy, (reason,) if reason else (), chosen)


def _no_cupy() -> str:
    return _(
        "CuPy is not installed; with an NVIDIA driver for CUDA 12 or 13, "
        "pip install 'nnlab[cuda12]' or 'nnlab[cuda13]'"
    )


def _gpu() -> tuple[Device | None, str]:
    """The GPU, or why there is none that computes."""
    try:
        cupy = importlib.import_module("cupy")
    except ImportError:
        return None, _no_cupy()
    if not cupy.is_available():
        return None, _("CuPy {version} finds no CUDA driver or device", version=cupy.__version__)
    try:
        ok = float((cupy.ones(1, dtype="float32") + 1)[0]) == 2.0
    except Exception as error:  # CuPy raises its own families for missing NVRTC, drivers, memory
        reason = str(error).splitlines()[0]
        return None, _("the GPU is there but a one-element kernel failed: {reason}", reason=reason)
    if not ok:
        return None, _("the GPU computed 1 + 1 wrongly")
    properties = cupy.cuda.runtime.getDeviceProperties(0)
    free, memory = cupy.cuda.runtime.memGetInfo()
    name = properties["name"].decode()
    room = _(
        "{name}, {memory:.1f} GB of memory, {free:.1f} GB free",
        name=name,
        memory=memory / 1e9,
        free=free / 1e9,
    )
    return Device("gpu", f"CuPy {cupy.__version__} on {name}", cupy, (room,)), ""
