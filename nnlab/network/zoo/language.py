"""Words and signs: classifiers of texts, translators, and language models that read one way or both."""

from __future__ import annotations

from nnlab.i18n import N_
from nnlab.network.zoo.model import Model

VASWANI = "Vaswani et al. 2017, Attention Is All You Need, arXiv:1706.03762"
RADFORD = "Radford et al. 2018, Improving Language Understanding by Generative Pre-Training"
DEVLIN = "Devlin et al. 2019, BERT, arXiv:1810.04805"
READER = "embed 32 | positions learned | block 2 | layernorm"
"""The body of the two-sided language models, which classifiers take over."""

MODELS = (
    Model(
        "fact-finder",
        N_("A block of attention answers questions"),
        N_("who and where are read as one fact; the question looks up who went where last"),
        VASWANI,
        (
            "data facts",
            "net embed 32 | conv1d 32 2 stride=2 pad=same | positions learned | block 1 | layernorm | last | "
            "dense 5",
            "optimizer adam lr=0.005",
            "batch 64",
            "clip norm 1",
        ),
        "300 steps",
        ("val_accuracy >= 98%",),
        0.4,
    ),
    Model(
        "review-mean",
        N_("Words, their mean, a verdict"),
        N_("an embedding, the mean over the words, a hidden layer: enough even for “not”"),
        "Iyyer et al. 2015, Deep Unordered Composition Rivals Syntactic Methods",
        (
            "data reviews",
            "net embed 16 | meantime mask=input | dense 128 relu | dense 2",
            "optimizer adam lr=0.005",
        ),
        "8 epochs",
        ("val_accuracy >= 98%",),
        0.1,
    ),
    Model(
        "spam-mean",
        N_("Spam or a friend"),
        N_("the same network on mails that no single word gives away"),
        "Iyyer et al. 2015, Deep Unordered Composition Rivals Syntactic Methods",
        (
            "data spam",
            "net embed 16 | meantime mask=input | dense 128 relu | dense 2",
            "optimizer adam lr=0.005",
        ),
        "8 epochs",
        ("val_accuracy >= 95%",),
        0.1,
    ),
    Model(
        "review-transformer",
        N_("A Transformer judges reviews"),
        N_("“not” turns the verdict round, wherever it stands; the first word gathers what is said"),
        VASWANI,
        (
            "data reviews",
            "net embed 16 | positions | block 2 mask=input | layernorm | pick 0 | dense 2",
            "optimizer adam lr=0.003",
            "clip norm 1",
        ),
        "25 epochs",
        ("val_accuracy >= 98%",),
        0.3,
    ),
    Model(
        "reverse-block",
        N_("One block turns digits round"),
        N_("every position looks at the one opposite, all at once"),
        VASWANI,
        (
            "data reverse",
            "net embed 32 | positions | block 1 | layernorm | dense 10",
            "optimizer adam lr=0.003",
            "batch 64",
            "clip norm 1",
        ),
        "400 steps",
        ("val_accuracy >= 99%",),
        0.7,
    ),
    Model(
        "reverse-transformer",
        N_("Encoder and decoder turn digits round"),
        N_("written sign by sign, each from what is read and what is written so far"),
        VASWANI,
        (
            "data reverse decoder=yes",
            "net embed 32 | positions learned | block 1 | layernorm | as source | from previous | "
            "embed 32 | positions learned | block 1 causal from=source | layernorm | dense 11",
            "optimizer adam lr=0.003",
            "batch 64",
            "clip norm 1",
        ),
        "400 steps",
        ("val_accuracy >= 99%", "val_exact >= 95%"),
        1.6,
    ),
    Model(
        "number-transformer",
        N_("A Transformer translates numbers into Chinese"),
        N_("three hundred and five → 三百零五; a tenth of the numbers was never seen in training"),
        VASWANI,
        (
            "data en-zh-numbers",
            "net embed 32 | positions learned | block 2 mask=input | layernorm | as source | from previous | "
            "embed 32 | positions learned | block 2 causal from=source mask=input | layernorm | dense 13",
            "optimizer adam lr=0.005",
            "batch 32",
            "clip norm 1",
        ),
        "12 epochs",
        ("val_accuracy >= 97%", "val_written >= 96%", "val_exact >= 90%"),
        0.6,
        seed=2,
    ),
    Model(
        "grammar-gpt",
        N_("A GPT of 15,029 parameters, sign by sign"),
        N_("the best possible is .213 nats a sign, since there are 768 sentences"),
        RADFORD,
        (
            "data grammar",
            "net embed 32 | positions learned | block 2 causal | layernorm | dense 21",
            "optimizer adam lr=0.005",
            "batch 16",
            "clip norm 1",
        ),
        "200 steps",
        ("val_loss <= 0.35",),
        0.4,
    ),
    Model(
        "tang-parrot",
        N_("A GPT that recites Tang poems"),
        N_("memory, not poetry: “generate 床前” goes on with the poem"),
        RADFORD,
        (
            "data tang",
            "net embed 32 | positions learned | block 2 causal | layernorm | dense 131",
            "optimizer adam lr=0.005",
            "batch 16",
            "clip norm 1",
        ),
        "300 steps",
        ("train_loss <= 0.1",),
        0.7,
    ),
    Model(
        "habitat-bert",
        N_("A masked language model guesses from both sides"),
        N_("15 % of all words are hidden; the goal is the animal, which its food gives away"),
        DEVLIN,
        (
            "data habitat",
            f"net {READER} | dense 33",
            "optimizer adam lr=0.005",
            "clip norm 1",
        ),
        "300 steps",
        ("val_accuracy >= 95%",),
        0.4,
        then=("transfer", "data habitat hide=animal"),
    ),
    Model(
        "groups-bert",
        N_("Pre-trained without labels, fine-tuned with three"),
        N_("words whose group nobody ever named are told by the company they keep"),
        DEVLIN,
        (
            "data groups",
            f"net {READER} | dense 37",
            "optimizer adam lr=0.005",
            "clip norm 1",
        ),
        "600 steps",
        ("val_accuracy >= 85%",),
        0.8,
        seed=3,
        then=(
            f"transfer {READER} | pick 0 | dense 3",
            "data groups form=labelled n=1000",
            "run 20 steps",
        ),
    ),
)
