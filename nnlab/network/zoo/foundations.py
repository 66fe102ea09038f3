"""Perceptrons and multi-layer perceptrons: points in the plane, tables, digits as rows of numbers."""

from __future__ import annotations

from nnlab.i18n import N_
from nnlab.network.zoo.model import Model

MODELS = (
    Model(
        "perceptron",
        N_("Perceptron"),
        N_("one unit draws one straight line"),
        "Rosenblatt 1958, Psychological Review 65:386",
        ("data blobs", "net dense 1", "optimizer sgd lr=0.5"),
        "20 epochs",
        ("val_accuracy >= 95%",),
        0.1,
    ),
    Model(
        "xor",
        N_("Two layers for XOR"),
        N_("what one unit cannot do, two hidden ones can"),
        "Rumelhart, Hinton and Williams 1986, Nature 323:533",
        ("data xor", "net dense 4 tanh | dense 1", "optimizer adam lr=0.1", "batch 4"),
        "200 epochs",
        ("train_accuracy >= 100%",),
        0.1,
    ),
    Model(
        "moons",
        N_("Two moons"),
        N_("sixteen units bend the border"),
        "Rumelhart, Hinton and Williams 1986, Nature 323:533",
        ("data moons n=400 noise=0.2", "net dense 16 relu | dense 2", "optimizer adam lr=0.02"),
        "40 epochs",
        ("best_val_accuracy >= 95%",),
        0.1,
        seed=6,
    ),
    Model(
        "circles",
        N_("A ring around a disc"),
        N_("no straight line helps, eight bent ones do"),
        "Rumelhart, Hinton and Williams 1986, Nature 323:533",
        ("data circles n=400 noise=0.1", "net dense 8 relu | dense 2", "optimizer adam lr=0.02"),
        "30 epochs",
        ("best_val_accuracy >= 97%",),
        0.2,
    ),
    Model(
        "spiral",
        N_("Two spirals"),
        N_("depth pays: two hidden layers unroll what one cannot"),
        "Lang and Witbrock 1988, Connectionist Models Summer School",
        (
            "data spiral n=400 noise=0.03",
            "net dense 32 relu | dense 32 relu | dense 2",
            "optimizer adam lr=0.01",
        ),
        "60 epochs",
        ("best_val_accuracy >= 95%",),
        0.4,
    ),
    Model(
        "iris",
        N_("Three kinds of iris"),
        N_("a table of four numbers"),
        "Fisher 1936, Annals of Eugenics 7:179",
        ("data iris scale=standardize", "net dense 8 relu | dense 3", "optimizer adam lr=0.02", "batch 16"),
        "40 epochs",
        ("best_val_accuracy >= 93%",),
        0.1,
    ),
    Model(
        "digits-mlp-seed",
        N_("The first digits network, 64-10-8-10"),
        N_("828 parameters, too few epochs in most tutorials; a hundred are enough"),
        "Rumelhart, Hinton and Williams 1986, Nature 323:533",
        (
            "data digits scale=unit",
            "net dense 10 relu | dense 8 relu | dense 10",
            "optimizer adam lr=0.003",
        ),
        "60 epochs",
        ("best_val_accuracy >= 90%",),
        0.5,
    ),
    Model(
        "digits-mlp",
        N_("Digits with one wide hidden layer, 64-128-10"),
        N_("handwritten digits as rows of 64 numbers"),
        "Rumelhart, Hinton and Williams 1986, Nature 323:533",
        ("data digits scale=unit", "net dense 128 relu | dense 10", "optimizer adam lr=0.01"),
        "20 epochs",
        ("best_val_accuracy >= 95%",),
        0.5,
    ),
)
