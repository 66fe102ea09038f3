"""What to do in a small world: what moves are worth, and policies learnt by acting."""

from __future__ import annotations

from nnlab.i18n import N_
from nnlab.network.zoo.model import Model

Q_NETWORK = (
    "net dense 32 tanh | dense {actions} | as q | pick 1 | detach | add barred | reshape {actions}x1 | "
    "globalmaxpool | mul onward | scale {discount} | as later | from q | pick 0 | dot action | add later"
)
"""Q(state, action) − discount·max Q(next), to be compared with the reward; no gradient through the next."""

MODELS = (
    Model(
        "gridworld-q",
        N_("The way to the goal"),
        N_("Q-learning over all moves, not by exploring; the target is its own answer, detached"),
        "Mnih et al. 2015, Nature 518:529",
        (
            "data grid4",
            Q_NETWORK.format(actions=4, discount=-0.9),
            "optimizer adam lr=0.01",
            "batch 8",
            "schedule cosine 3000",
        ),
        "3000 steps",
        ("moves_to_end <= 6", "worth_of_start >= 0.42", "worth_of_start <= 0.434", "best_moves >= 100%"),
        0.3,
    ),
    Model(
        "gridworld-policy",
        N_("The way to the goal, by trying"),
        N_(
            "REINFORCE: each step walks with the policy as it is, then does more of what paid more than usual"
        ),
        "Williams 1992, Machine Learning 8:229",
        (
            "data grid4-walks length=30",
            "net dense 4",
            "optimizer adam lr=0.03",
            "batch 32",
        ),
        "300 steps",
        ("train_reward >= 0.75", "moves_to_end <= 6"),
        0.4,
    ),
    Model(
        "nim-q",
        N_("Who takes the last stone?"),
        N_("what is good for the other player is bad for me: leave a multiple of four, nobody said so"),
        "Silver et al. 2017, Nature 550:354",
        (
            "data nim12",
            Q_NETWORK.format(actions=3, discount=-1),
            "optimizer adam lr=0.01",
            "batch 8",
            "schedule cosine 3000",
        ),
        "3000 steps",
        ("best_moves >= 100%", "worth_of_start <= -0.95"),
        0.3,
    ),
)
