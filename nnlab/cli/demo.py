"""``nnlab demo``: ten seconds without a keyboard.  Everything printed is computed while it prints."""

from __future__ import annotations

import argparse
import sys
import time

from nnlab.cli import opening
from nnlab.i18n import _

NETWORK = "dense 32 relu | dense 10"
DATA = "digits scale=unit"


def main(arguments: argparse.Namespace) -> int:
    """Train on handwritten digits, show one pass, explain one number, go back in time."""
    from nnlab.session.goal import heed_pause

    pause = 0.0 if arguments.fast or not sys.stdout.isatty() else 1.2
    session = opening.begin(arguments, None)

    def tell(text: str) -> None:
        print(f"\n{text}")
        time.sleep(pause)

    def act(line: str, most: int = 40) -> None:
        print(f"  > {line}")
        done = session.execute(line)
        heed_pause(done.payload)
        lines = done.lines
        shown = [*lines[:most], "…"] if len(lines) > most + 1 else lines
        print("\n".join(f"    {text}" for text in shown))
        time.sleep(pause)

    tell(_("nnlab in ten seconds: real handwritten digits, a small network, every number open."))
    act(f"data {DATA}", 6)
    print(digit(session))
    act(f"net {NETWORK}")
    tell(_("One training step is a forward pass, a loss, a backward pass and an update:"))
    act("step batch", 1)
    act("show tape", 20)
    tell(_("The numbers that came forward (one row for each example), and those that went back:"))
    act("show dense2.z", 6)
    act("show dense2.z.grad", 6)
    tell(_("Any number can be asked where it comes from. A weight's gradient, by the chain rule:"))
    act("explain dense2.W[3,7].grad", 18)
    tell(_("Its update, and the check of the gradient by a central difference:"))
    act("ledger dense2.W[3,7]")
    act("check dense2.W[3,7]")
    tell(_("Now train, then go back in time, bit for bit:"))
    began = time.perf_counter()
    act("run 10 epochs", 14)
    print(f"    {time.perf_counter() - began:.2f} s")
    act("seek 100", 3)
    tell(_("Type nnlab to do all this yourself, or: nnlab lesson run neuron"))
    session.close()
    return 0


def digit(session) -> str:  # type: ignore[no-untyped-def]
    """The first training example as characters."""
    data = session.data
    row = data.split.train[0]
    ramp = " .:-=+*#%@"
    image = data.x[row].reshape(8, 8)
    top = float(image.max()) or 1.0
    lines = ["".join(ramp[min(9, int(9 * v / top))] * 2 for v in line) for line in image.tolist()]
    return "\n".join(f"      {line}" for line in lines) + f"      {_('label')} {int(data.y[row])}"
