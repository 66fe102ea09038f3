"""``nnlab.watch(network, data)``: the app on a network of one's own, from a script or a REPL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.network import Network
    from nnlab.session.session import Session
    from nnlab.training import Run


def watch(
    network: Network | str | Run,
    data: Dataset | str | tuple[Any, Any] | None = None,
    *,
    actions: Sequence[str] = (),
    **options: Any,
) -> Session:
    """Open the app on ``network`` and ``data``; hands back the session when it is left.

    ``network`` is a :class:`nnlab.Network` (its weights are kept), its notation, or a :class:`nnlab.Run`
    that goes on where it stands.  ``data`` is a :class:`nnlab.Dataset`, a name such as ``"moons n=200"``,
    or ``(x, y)`` with x (n, …) and y (n,) classes or (n, k) numbers.  ``actions`` are done first, and
    ``options`` go to the app (``theme``, ``language``, ``color``, …).

    >>> nnlab.watch("dense 8 tanh | dense 1", "moons")      # doctest: +SKIP
    """
    session = bench(network, data)
    for line in actions:
        session.execute(line)
    from nnlab.tui.launch import run

    run(session=session, **options)
    return session


def bench(network: Network | str | Run, data: Dataset | str | tuple[Any, Any] | None = None) -> Session:
    """A session in memory with ``network`` and ``data`` on it."""
    from nnlab.network import Network
    from nnlab.session.session import Session
    from nnlab.training import Run

    session = Session()
    if isinstance(network, Run):
        _put(session, network.network, data if data is not None else network.data)
        session.bench.runs[session.current] = network
        session.bench.reach[session.current] = network.step_count
    elif isinstance(network, Network):
        _put(session, network, data)
    else:
        _put_data(session, data)
        session.use_network(str(network))
    return session


def _put(session: Session, network: Network, data: Dataset | str | tuple[Any, Any] | None) -> None:
    """The network itself, with its weights, rather than its notation."""
    _put_data(session, data)
    shape = session.data.input_shape if session.data is not None else network.input_shape
    if tuple(shape) != tuple(network.input_shape):
        raise NnlabError(
            _(
                "the network takes inputs of shape {network} and the data have {data}; "
                "make the network with input_shape={data}",
                network=tuple(network.input_shape),
                data=tuple(shape),
            )
        )
    session.bench.network = network
    session.bench.network_text = network.text


def _put_data(session: Session, data: Dataset | str | tuple[Any, Any] | None) -> None:
    from nnlab.data import Dataset

    if data is None:
        raise NnlabError(_("watch needs data: a data set, a name such as “moons”, or arrays (x, y)"))
    if isinstance(data, str):
        session.execute(f"data {data}")
    elif isinstance(data, Dataset):
        session.use_data(data, data.name)
    else:
        from nnlab.data import from_arrays

        session.use_data(from_arrays(*data), "")
