"""Recurrent networks: tasks for a memory, waves, names, tags, and encoder with decoder."""

from __future__ import annotations

from nnlab.i18n import N_
from nnlab.network.zoo.model import Model

ELMAN = "Elman 1990, Finding Structure in Time, Cognitive Science 14:179"
HOCHREITER = "Hochreiter and Schmidhuber 1997, Long Short-Term Memory, Neural Computation 9:1735"
CHO = "Cho et al. 2014, RNN Encoder-Decoder, arXiv:1406.1078"
SCHUSTER = "Schuster and Paliwal 1997, Bidirectional Recurrent Neural Networks, IEEE TSP 45:2673"
LUONG = "Luong et al. 2015, Effective Approaches to Attention, arXiv:1508.04025"


def attentive(units: int, signs: int, choice: str = "") -> str:
    """A GRU reads, a second one writes and looks back at every state of the first."""
    return (
        f"net embed 16 | gru {units} all mask=input | as source | last | as summary | "
        f"from previous | embed 16 | gru {units} all start=summary | as state | "
        f"attention 1 from=source mask=input{choice} | concat state | dense {signs}"
    )


MODELS = (
    Model(
        "parity-lstm",
        N_("An LSTM counts in pairs"),
        N_("even or odd so far, asked at every step"),
        HOCHREITER,
        ("data parity", "net lstm 8 all | dense 2", "optimizer adam lr=0.02", "batch 64", "clip norm 1"),
        "400 steps",
        ("val_accuracy >= 98%",),
        0.1,
    ),
    Model(
        "adding-lstm",
        N_("An LSTM adds the two numbers that are marked"),
        N_("thirty steps; always to answer 1 has an error of .167"),
        HOCHREITER,
        ("data adding", "net lstm 16 | dense 1", "optimizer adam lr=0.01", "batch 64", "clip norm 1"),
        "600 steps",
        ("val_loss <= 0.01",),
        0.6,
    ),
    Model(
        "adding-gru",
        N_("A GRU adds the two numbers that are marked"),
        N_("the same task with a gate less"),
        CHO,
        ("data adding", "net gru 16 | dense 1", "optimizer adam lr=0.01", "batch 64", "clip norm 1"),
        "600 steps",
        ("val_loss <= 0.01",),
        0.6,
    ),
    Model(
        "echo-rnn",
        N_("A plain RNN repeats what it saw ten steps before"),
        N_("three quarters of a row can be known; the first ten steps echo the row before"),
        ELMAN,
        ("data echo window=40", "net rnn 24 all | dense 1", "optimizer adam lr=0.01", "clip norm 1"),
        "20 epochs",
        ("val_r2 >= 73%",),
        0.6,
    ),
    Model(
        "brackets-lstm",
        N_("An LSTM tells whether brackets close in turn"),
        N_("round and square ones, up to four deep: counting alone does not help"),
        HOCHREITER,
        (
            "data brackets",
            "net embed 8 | lstm 24 mask=input | dense 2",
            "optimizer adam lr=0.01",
            "clip norm 1",
        ),
        "12 epochs",
        ("val_accuracy >= 98%",),
        1.3,
    ),
    Model(
        "waveforms",
        N_("Sine, square or saw?"),
        N_("24 steps of any phase, told by the last state of an RNN"),
        ELMAN,
        ("data waves", "net rnn 32 | dense 128 relu | dense 3", "optimizer adam lr=0.003", "clip norm 1"),
        "25 epochs",
        ("val_accuracy >= 95%",),
        0.1,
    ),
    Model(
        "sine-forecast",
        N_("What comes next in a sine?"),
        N_("at every step; the first steps of an unknown sine cannot be foretold, by anybody"),
        ELMAN,
        ("data sines", "net rnn 16 all | dense 1", "optimizer adam lr=0.01", "clip norm 1"),
        "1000 steps",
        ("val_loss <= 0.009",),
        0.2,
    ),
    Model(
        "which-way",
        N_("Which way does the dot go?"),
        N_("four frames of a film; the mean of the frames does not tell"),
        ELMAN,
        (
            "data dots6",
            "net dense 32 relu | rnn 32 | dense 4",
            "optimizer adam lr=0.005",
            "clip norm 1",
        ),
        "20 epochs",
        ("val_accuracy >= 96%",),
        0.1,
    ),
    Model(
        "names-rnn",
        N_("A plain RNN invents names"),
        N_("letter by letter; ln 27 = 3.30 nats know nothing, pairs of letters 2.55"),
        ELMAN,
        ("data names", "net embed 16 | rnn 64 all | dense 27", "optimizer adam lr=0.005", "clip norm 1"),
        "15 epochs",
        ("best_val_loss <= 2.5",),
        0.1,
    ),
    Model(
        "names-gru",
        N_("A GRU invents names"),
        N_("“generate” writes one; “generate ma temperature=0.5” goes on from ma"),
        CHO,
        ("data names", "net embed 16 | gru 32 all | dense 27", "optimizer adam lr=0.01", "clip norm 1"),
        "15 epochs",
        ("best_val_loss <= 2.45",),
        0.1,
    ),
    Model(
        "name-or-place",
        N_("Is “jordan” a name or a place?"),
        N_("a bidirectional LSTM gives every word a tag, from what is before and behind it"),
        SCHUSTER,
        (
            "data name-or-place",
            "net embed 8 | lstm 12 all bi mask=input | dense 3",
            "optimizer adam lr=0.01",
            "clip norm 1",
        ),
        "12 epochs",
        ("val_accuracy >= 98%",),
        0.2,
    ),
    Model(
        "who-did-what",
        N_("Who did what to whom?"),
        N_("active and passive sentences; the first noun is not always who does it"),
        SCHUSTER,
        (
            "data who-did-what",
            "net embed 8 | lstm 12 all bi mask=input | dense 4",
            "optimizer adam lr=0.01",
            "clip norm 1",
        ),
        "12 epochs",
        ("val_accuracy >= 98%",),
        0.2,
    ),
    Model(
        "but-bilstm",
        N_("A bidirectional LSTM judges “good but bad”"),
        N_("the second half counts, and a mean over words cannot tell the halves apart"),
        SCHUSTER,
        (
            "data but",
            "net embed 8 | lstm 16 bi mask=input | dense 2",
            "optimizer adam lr=0.01",
            "clip norm 1",
        ),
        "8 epochs",
        ("val_accuracy >= 98%",),
        0.2,
    ),
    Model(
        "reverse-gru",
        N_("GRU and attention turn digits round"),
        N_("one that writes looks back at what the other has read"),
        LUONG,
        (
            "data reverse decoder=yes",
            attentive(32, 11),
            "optimizer adam lr=0.01",
            "batch 64",
            "clip norm 1",
        ),
        "400 steps",
        ("val_exact >= 85%",),
        0.8,
    ),
    Model(
        "reverse-hard",
        N_("Hard attention turns digits round"),
        N_(
            "each sign looks at one position, drawn; the gradient goes straight through, as if it were a mean"
        ),
        "Xu et al. 2015, Show, Attend and Tell, arXiv:1502.03044",
        (
            "data reverse decoder=yes",
            attentive(32, 11, " choice=hard"),
            "optimizer adam lr=0.01",
            "batch 64",
            "clip norm 1",
        ),
        "400 steps",
        ("val_exact >= 85%",),
        0.9,
    ),
    Model(
        "number-gru",
        N_("GRU and attention translate numbers into Chinese"),
        N_("a tenth of the numbers was never seen in training"),
        LUONG,
        ("data en-zh-numbers", attentive(48, 13), "optimizer adam lr=0.005", "clip norm 1"),
        "12 epochs",
        ("val_accuracy >= 97%", "val_written >= 96%", "val_exact >= 90%"),
        0.4,
    ),
    Model(
        "headline",
        N_("A headline from a sentence"),
        N_("“the old cat that lives in town hid a seed” becomes “cat hid seed”"),
        LUONG,
        ("data headlines", attentive(32, 29), "optimizer adam lr=0.01", "clip norm 1"),
        "250 steps",
        ("val_exact >= 95%",),
        0.4,
    ),
    Model(
        "small-talk",
        N_("Questions and answers"),
        N_("encoder and decoder without attention: one state carries the whole question"),
        CHO,
        (
            "data talk",
            "net embed 16 | gru 32 mask=input | as summary | from previous | embed 16 | "
            "gru 32 all start=summary | dense 49",
            "optimizer adam lr=0.01",
            "clip norm 1",
        ),
        "300 steps",
        ("val_exact >= 95%",),
        0.3,
    ),
)
