"""Networks on pictures: digits, coloured shapes, what is where; a sound seen as a picture; and one table."""

from __future__ import annotations

from nnlab.i18n import N_
from nnlab.network.zoo.model import Model

LECUN = "LeCun, Bottou, Bengio and Haffner 1998, Proceedings of the IEEE 86:2278"

HINTON = "Hinton, Vinyals and Dean 2015, Distilling the Knowledge in a Neural Network, arXiv:1503.02531"
TEACHER_DIGITS = "data digits scale=unit split=60/20/20"
FEW_DIGITS = "data digits scale=unit split=3/77/20"
"""54 digits with labels; the test part is that of the teacher's data."""

MODELS = (
    Model(
        "digits-cnn",
        N_("Digits with two convolutions"),
        N_("the same nine weights look everywhere: fewer errors than the dense network makes"),
        LECUN,
        (
            "data digits shape=8x8x1 scale=unit",
            "net conv 16 3x3 relu pad=same | maxpool 2 | conv 32 3x3 relu pad=same | maxpool 2 | flatten | "
            "dense 64 relu | dense 10",
            "optimizer adam lr=0.003",
            "schedule cosine 360",
        ),
        "10 epochs",
        ("best_val_accuracy >= 96%", "test_accuracy >= 97%"),
        0.3,
    ),
    Model(
        "digits-cnn-wide",
        N_("Digits with wide convolutions, 32-64-128"),
        N_("the widths of many tutorials, on small pictures: four times the weights, about as good"),
        LECUN,
        (
            "data digits shape=8x8x1 scale=unit",
            "net conv 32 3x3 relu pad=same | maxpool 2 | conv 64 3x3 relu pad=same | maxpool 2 | flatten | "
            "dense 128 relu | dense 10",
            "optimizer adam lr=0.003",
        ),
        "8 epochs",
        ("best_val_accuracy >= 97%", "test_accuracy >= 97%"),
        0.4,
    ),
    Model(
        "digits28-cnn",
        N_("Digits of 28×28 pixels"),
        N_("the network most courses begin with; nine tenths of its weights are in one dense layer"),
        LECUN,
        (
            "data digits28 scale=unit",
            "net conv 32 3x3 relu | maxpool 2 | conv 64 3x3 relu | maxpool 2 | flatten | dense 128 relu | "
            "dense 10",
            "optimizer adam lr=0.001",
        ),
        "3 epochs",
        ("best_val_accuracy >= 94%", "test_accuracy >= 94%"),
        1.7,
    ),
    Model(
        "digits-student",
        N_("A student that is taught"),
        N_("54 labelled digits, and what a teacher says of them: alone it would get 82 % right"),
        HINTON,
        (TEACHER_DIGITS, "net dense 64 relu | dense 10", "optimizer adam lr=0.01"),
        "20 epochs",
        ("test_accuracy >= 90%",),
        0.6,
        then=(
            "transfer",
            FEW_DIGITS,
            "distil temperature=8 weight=0.9 dense 16 relu | dense 10",
            "run 200 epochs",
        ),
    ),
    Model(
        "lenet5",
        N_("LeNet-5"),
        N_("the first of them: tanh, and means where maxima are taken today"),
        LECUN,
        (
            "data digits28 scale=unit",
            "net conv 6 5x5 tanh pad=same | avgpool 2 | conv 16 5x5 tanh | avgpool 2 | flatten | "
            "dense 120 tanh | dense 84 tanh | dense 10",
            "optimizer adam lr=0.003",
            "schedule cosine 288",
        ),
        "8 epochs",
        ("best_val_accuracy >= 94%", "test_accuracy >= 95%"),
        1.5,
    ),
    Model(
        "shapes32",
        N_("Ten coloured shapes"),
        N_("filled or outlined, in any colour: three small convolutions tell them apart"),
        LECUN,
        (
            "data shapes32 n=1100 split=800/300/0",
            "net conv 8 3x3 relu | maxpool 2 | conv 16 3x3 relu | maxpool 2 | conv 32 3x3 relu | maxpool 2 | "
            "flatten | dense 32 relu | dense 10",
            "optimizer adam lr=0.003",
        ),
        "15 epochs",
        ("best_val_accuracy >= 95%",),
        2.0,
    ),
    Model(
        "shapes32-wide",
        N_("Ten coloured shapes, 32-64-128"),
        N_("the colour network of many tutorials: fifteen times the weights of the small one"),
        LECUN,
        (
            "data shapes32 n=1100 split=800/300/0",
            "net conv 32 3x3 relu | maxpool 2 | conv 64 3x3 relu | maxpool 2 | conv 128 3x3 relu | "
            "maxpool 2 | flatten | dense 128 relu | dense 10",
            "optimizer adam lr=0.001",
        ),
        "8 epochs",
        ("best_val_accuracy >= 96%",),
        5.5,
    ),
    Model(
        "batch-norm",
        N_("Four layers at a learning rate of ½"),
        N_("batch normalisation bears a rate at which the same layers without it stay below 60%"),
        "Ioffe and Szegedy 2015, arXiv 1502.03167",
        (
            "data digits scale=unit",
            "net dense 64 init=he | batchnorm | relu | dense 64 init=he | batchnorm | relu | "
            "dense 64 init=he | batchnorm | relu | dense 64 init=he | batchnorm | relu | dense 10",
            "optimizer sgd lr=0.5",
        ),
        "5 epochs",
        ("best_val_accuracy >= 95%", "test_accuracy >= 93%"),
        0.1,
    ),
    Model(
        "box-finder",
        N_("Where is the square?"),
        N_("three numbers say where; means keep track of places that maxima forget"),
        "Szegedy, Toshev and Erhan 2013, Advances in Neural Information Processing Systems 26",
        (
            "data squares12",
            "net conv 8 3x3 relu pad=same | avgpool 2 | conv 8 3x3 relu pad=same | avgpool 2 | flatten | "
            "dense 32 relu | dense 3",
            "optimizer adam lr=0.01",
            "batch 16",
            "schedule cosine 1140",
        ),
        "30 epochs",
        ("box_iou >= 0.75", "boxes_found >= 95%"),
        0.4,
    ),
    Model(
        "pixel-labels",
        N_("What does each pixel belong to?"),
        N_("convolutions all the way: a class for every pixel of a picture in noise"),
        "Long, Shelhamer and Darrell 2015, arXiv 1411.4038",
        (
            "data masks12",
            "net conv 12 5x5 relu pad=same | conv 12 5x5 relu pad=same | conv 3 3x3 pad=same",
            "optimizer adam lr=0.005",
            "schedule cosine 260",
        ),
        "20 epochs",
        ("mean_iou >= 0.92",),
        1.8,
    ),
    Model(
        "sharpen",
        N_("Four times the pixels"),
        N_("16 numbers become 64: what repeating pixels leaves blurred is learnt from examples"),
        "Dong, Loy, He and Tang 2014, arXiv 1501.00092",
        ("data sharpen", "net dense 128 relu | dense 64", "optimizer adam lr=0.003"),
        "40 epochs",
        ("test_loss <= 0.018",),
        0.1,
    ),
    Model(
        "four-tones",
        N_("Four tones"),
        N_("a sound seen as a picture: frequencies over time, read by convolutions"),
        "Abdel-Hamid et al. 2014, IEEE/ACM Transactions on Audio, Speech, and Language Processing 22:1533",
        (
            "data tones",
            "net conv 8 3x3 relu pad=same | maxpool 2 | conv 16 3x3 relu pad=same | maxpool 2 | "
            "flatten | dense 4",
            "optimizer adam lr=0.005",
        ),
        "12 epochs",
        ("test_accuracy >= 98%",),
        0.3,
    ),
    Model(
        "clinic",
        N_("A table of patients, 8-10-1"),
        N_("101 weights on eight invented columns; 82% is the most that any rule reaches"),
        "Rumelhart, Hinton and Williams 1986, Nature 323:533",
        (
            "data clinic8 scale=standardize",
            "net dense 10 relu | dense 1",
            "optimizer adam lr=0.001",
            "batch 10",
        ),
        "150 epochs",
        ("best_val_accuracy >= 80%", "test_accuracy >= 80%"),
        0.2,
    ),
)
