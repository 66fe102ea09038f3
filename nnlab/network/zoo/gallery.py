"""Applications on a small scale: neighbours in a graph, the same or another, what people like, a tone."""

from __future__ import annotations

from nnlab.i18n import N_
from nnlab.network.zoo.model import Model

MODELS = (
    Model(
        "communities",
        N_("Who lives in which village?"),
        N_("one known person in each is enough, if neighbours are asked; without the graph it is a guess"),
        "Kipf and Welling 2017, arXiv 1609.02907",
        (
            "data two-villages",
            "net graph adjacency | dense 8 relu | graph adjacency | dense 2",
            "optimizer adam lr=0.02",
        ),
        "200 epochs",
        ("test_accuracy >= 90%",),
        0.1,
    ),
    Model(
        "same-digit",
        N_("The same digit, or another?"),
        N_("codes of one digit are brought near, of two apart; by their pixels 87% are told"),
        "Schroff, Kalenichenko and Philbin 2015, arXiv 1503.03832",
        (
            "data same-digit",
            "net dense 64 relu | dense 8 bias=no | as codes | pick 0 | scale -1 | as first | from codes | "
            "pick 2 | add first | as third | dot third | scale -1 | as apart | from codes | pick 1 | "
            "add first | as second | dot second | add apart",
            "loss hinge",
            "optimizer adam lr=0.003 eps=1e-05",
            "batch 64",
        ),
        "400 steps",
        ("test_accuracy >= 95%",),
        0.1,
    ),
    Model(
        "pseudo-labels",
        N_("Labels of its own"),
        N_(
            "three labels for each digit and 1119 pictures without; where it is sure, its answer is the label"
        ),
        "Lee 2013, ICML Workshop on Challenges in Representation Learning",
        (
            "data few-digits",
            "net dense 64 relu | dense 10",
            "optimizer adam lr=0.003",
            "batch 64",
        ),
        "800 steps",
        ("test_accuracy >= 86%",),
        0.4,
    ),
    Model(
        "taste",
        N_("What will they like?"),
        N_("two hidden numbers for each person and each thing, and what is usual for both"),
        "Koren, Bell and Volinsky 2009, Computer 42:30",
        (
            "data tastes",
            "net embed 2 | flatten | as person | from item | embed 2 | flatten | dot person | as fit | "
            "from input | embed 1 init=zeros | flatten | add fit | as judged | from item | "
            "embed 1 init=zeros | flatten | add judged | bias",
            "optimizer adamw lr=0.02 weight_decay=0.07",
            "batch 16",
            "schedule cosine 3600",
        ),
        "120 epochs",
        ("test_r2 >= 0.85", "test_loss <= 0.18"),
        0.2,
    ),
    Model(
        "tone-maker",
        N_("A tone to be spoken"),
        N_("which of four tones and how high: sixteen frequencies over time"),
        "Fan, Qian, Xie and Soong 2014, Proceedings of Interspeech:1964",
        (
            "data tones form=contours",
            "net dense 32 tanh | dense 16",
            "optimizer adam lr=0.01",
            "schedule cosine 1040",
        ),
        "80 epochs",
        ("test_loss <= 0.0003", "test_r2 >= 0.99"),
        0.1,
    ),
)
