"""Every action is a line of text that reads back as itself, and nothing but an answer comes of garbage."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.errors import NnlabError
from nnlab.session import ACTIONS, ActionError, Session
from nnlab.session.action import CATEGORIES, parse

number = st.floats(-1e6, 1e6, allow_nan=False).map(repr)
positive = st.floats(1e-6, 1e3).map(repr)
count = st.integers(1, 10**6).map(str)
index = st.integers(0, 99)
word = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)
path = st.sampled_from(["a.nnl", "my work.nnl", "f/g#h.nnl", "é.nnl"]).map(lambda p: f'"{p}"')
address = st.builds(
    lambda name, i, j, part: f"{name}[{i}, {j}]{part}",
    st.sampled_from(["dense1.W", "loss.p", "dense12.z"]),
    index,
    index,
    st.sampled_from(["", ".grad", ".grad@dense2", ".m.new"]),
)
layer = st.sampled_from(["dense 8 tanh", "dropout 0.5", "flatten", "dense 3 init=he bias=no"])
grain = st.sampled_from(["operation", "layer", "batch", "epoch", "epochs", "steps"])
condition = st.sampled_from(
    ["loss < 0.1", "val_loss rises 5", "dead(dense1) > 30%", "loss is nan", "step = 9"]
)
knobs = st.sampled_from(
    ["lr=0.1", "batch=16", "l2=1e-3 clip=none", "optimizer=sgd lr=0.5", "schedule=constant"]
)


def line(*parts: object) -> st.SearchStrategy[str]:
    texts = [st.just(p) if isinstance(p, str) else p for p in parts]
    return st.tuples(*texts).map(" ".join)


LINES: dict[str, st.SearchStrategy[str]] = {
    "ablate": st.sampled_from(["ablate dense1 3", "ablate conv1 0 2 4"]),
    "augment": st.sampled_from(["augment shift noise:0.1", "augment none"]),
    "back": st.one_of(line("back"), line("back", count), line("back", count, grain)),
    "batch": st.one_of(line("batch", count), line("batch all")),
    "branch": st.one_of(line("branch"), line("branch", word), line("branch", word, knobs)),
    "break": st.one_of(
        line("break", condition),
        line("break 2", condition),
        line("break on", count),
        line("break off", count),
    ),
    "breaks": line("breaks"),
    "calibration": st.sampled_from(["calibration", "calibration TEST"]),
    "check": line("check", address),
    "classify": st.one_of(line("classify row", count), line("classify", number, number)),
    "clip": st.one_of(line("clip norm", positive), line("clip value", positive), line("clip none")),
    "confusion": st.sampled_from(
        ["confusion", "confusion train", "confusion test age<45", "confusion bmi>-0.5"]
    ),
    "data": st.sampled_from(
        [
            "data xor",
            "data moons n=200 noise=0.2",
            "data digits scale=unit",
            "data points 0,0:a 1,1:b",
            'data file:"my file.csv" target=first',
            "data SPIRAL classes=3",
        ]
    ),
    "diff": st.one_of(line("diff"), line("diff", word), line("diff", address)),
    "distil": st.sampled_from(
        ["distil", "distil temperature=2 dense 3", "distill weight=0.5 dense 8 tanh | dense 3"]
    ),
    "edit": line("edit", address, number),
    "evaluate": st.sampled_from(["evaluate", "evaluate train", "evaluate test"]),
    "example": line("example", count),
    "excite": line("excite", address, st.sampled_from(["", "steps=5 rate=0.5", "decay=0"])),
    "explain": line("explain", address),
    "export": line("export", st.sampled_from(["w.npz", '"a b.npz"', "runs r.csv", "runs r.csv force"])),
    "fill": st.sampled_from(["fill the _ eats", "fill [mask]  its  bone ."]),
    "find_lr": st.sampled_from(["find_lr", "find_lr 0.001 1"]),
    "freeze": st.sampled_from(["freeze dense1", "freeze dense1 dense2", "freeze none"]),
    "grain": line("grain", st.sampled_from(["operation", "layer", "batch", "epoch"])),
    "generate": st.sampled_from(
        [
            "generate",
            'generate "the old " top_k=3',
            "generate mary  had temperature=0 candidates=3",
            'generate "a=b"',
        ]
    ),
    "help": st.sampled_from(["help", "help run", "?"]),
    "importance": line("importance", word, st.sampled_from(["", "test"])),
    "init": st.sampled_from(["init he", "init zeros dense1", "init normal:0.05"]),
    "insert": line("insert", st.sampled_from(["1", "end", "dense1"]), layer),
    "l1": line("l1", positive),
    "l2": line("l2", positive),
    "landscape": st.one_of(
        line("landscape", address),
        line("landscape", address, st.sampled_from(["-1 5", "0.5 2e3"])),
        st.sampled_from(["landscape dense1.W[0,0] 0 1 dense1.b[0]", "landscape AUTO"]),
    ),
    "ledger": line("ledger", address),
    "load": line(
        "load",
        st.sampled_from(["net.safetensors", '"a b.safetensors"', "net.safetensors layers=conv1,dense1"]),
    ),
    "loss": st.sampled_from(["loss mse", "loss auto", "loss huber delta=0.5", "loss HUBER 1"]),
    "lr": line("lr", positive),
    "matmul": st.sampled_from(["matmul", "matmul 32 128 512"]),
    "maps": line("maps", word, st.sampled_from(["", "row=3"])),
    "maxnorm": st.one_of(line("maxnorm", positive), line("maxnorm none")),
    "move": line("move", word, count),
    "nearest": st.sampled_from(["nearest king", "nearest king - man + woman"]),
    "net": st.lists(layer, min_size=1, max_size=4).map(lambda x: "net " + " | ".join(x)),
    "nudge": line("nudge", address, number),
    "optimizer": st.sampled_from(["optimizer adam lr=0.03", "opt sgd", "optimiser momentum 0.1"]),
    "patience": st.one_of(line("patience", count), line("patience none")),
    "pause": line("pause"),
    "pin": line("pin", word),
    "point": line("point", number, number, word),
    "points": st.sampled_from(["points clear", "points drop"]),
    "predict": line("predict", address, number),
    "prune": st.sampled_from(["prune 0.5", "prune 1", "prune 0"]),
    "quantise": st.sampled_from(["quantise", "quantise 4", "quantize 16"]),
    "quit": st.sampled_from(["quit", "exit"]),
    "race": st.sampled_from(
        ["race", "race sgd adam", "race momentum steps=20 from=3", "race adam lr=0.01 sgd steps=5"]
    ),
    "read": st.sampled_from(["read the film was good", 'read " the old "', 'read "a # b"', "read 12345678"]),
    "redo": line("redo"),
    "remove": line("remove", word),
    "rename": line("rename", word, st.sampled_from(["fast", "r_2"])),
    "replace": line("replace", word, layer),
    "resize": line("resize", word, count),
    "restore": st.sampled_from(["restore", "restore dense1", "restore dense1 3 4"]),
    "roc": st.sampled_from(["roc", "roc train", 'roc test class="a b"', "roc class=3"]),
    "run": st.one_of(
        line("run"),
        line("run", count, st.sampled_from(["epochs", "steps", "epoch"])),
        line("run until", condition),
        line("run to step", count),
        line("run to step", count, "…"),
    ),
    "runs": line("runs"),
    "saliency": st.sampled_from(
        ["saliency", "saliency INPUT", "saliency occlusion row=3 output=2,1 patch=2"]
    ),
    "sampling": st.sampled_from(["sampling", "sampling temperature=0.5 top_k=5", "sampling top_p=0.9"]),
    "save": line("save", path),
    "schedule": st.sampled_from(
        ["schedule cosine 500", "schedule constant", "schedule warmup 10 step 50 0.5"]
    ),
    "seed": line("seed", count),
    "seeds": st.sampled_from(
        ["seeds 3", "seeds 3 run 5 epochs", 'seeds 5 batch=1,32 optimizer="sgd lr=0.1,adam" run 1 epoch']
    ),
    "seek": st.one_of(line("seek", count), line("seek best")),
    "select": line("select", address),
    "set": line("set", knobs),
    "setting": st.sampled_from(["setting", "setting LANGUAGE zh", "setting speed 3"]),
    "show": st.sampled_from(["show", "show tape", "show NETWORK", "show dense1.W.grad", "show loss"]),
    "shrink": st.sampled_from(["shrink prune", "shrink quantise test"]),
    "turns": st.sampled_from(["turns both", "turns Generator"]),
    "shuffle": st.sampled_from(["shuffle yes", "shuffle NO"]),
    "sparse": st.sampled_from(["sparse yes", "sparse NO"]),
    "code": st.one_of(
        line("code", number, number),
        line("code map", number, number),
        line("code row", count),
        st.sampled_from(["code 0=1.5 2=-1", "code EXAMPLE"]),
    ),
    "sketch": st.one_of(
        line("sketch", count, count),
        line("sketch", count, count, count, count),
        line("sketch row", count),
        st.sampled_from(["sketch clear", "sketch EXAMPLE"]),
    ),
    "step": st.one_of(line("step"), line("step", count), line("step", grain), line("step", count, grain)),
    "strongest": line("strongest", address, st.sampled_from(["", "most=3 split=test"])),
    "switch": line("switch", word),
    "transfer": st.one_of(line("transfer"), line("transfer", layer)),
    "truth": st.sampled_from(["truth", "truth test"]),
    "twin": st.one_of(
        line("twin"),
        line("twin", word),
        line("twin", word, knobs),
        st.sampled_from(["twin OFF", "twin a lr=1 from=3"]),
    ),
    "unbreak": st.one_of(line("unbreak", count), line("unbreak all")),
    "undo": line("undo"),
    "view": st.sampled_from(["view conv1", "view conv1.z[0,1,2,3] backward", "view LSTM1 forward"]),
    "workers": st.one_of(line("workers"), st.sampled_from(["workers 4", "workers 200+56"])),
    "zoo": st.sampled_from(["zoo moons", "zoo digits-mlp"]),
}


def test_every_action_has_a_strategy_here() -> None:
    assert set(LINES) == set(ACTIONS)


@given(st.one_of(*LINES.values()))
@settings(max_examples=300, deadline=None)
def test_an_action_reads_back_as_itself(text: str) -> None:
    action = parse(text)
    assert parse(str(action)) == action
    assert str(parse(str(action))) == str(action)
    assert "\n" not in str(action)


garbage = st.one_of(
    st.text(),
    st.builds(lambda name, rest: f"{name} {rest}", st.sampled_from(sorted(ACTIONS)), st.text()),
    st.builds(
        lambda text, cut, extra: text[:cut] + extra, st.one_of(*LINES.values()), index, st.text(max_size=5)
    ),
)


@given(garbage)
@settings(max_examples=500, deadline=None)
def test_garbage_is_answered_and_never_raises_anything_else(text: str) -> None:
    try:
        action = parse(text)
    except NnlabError:
        return
    assert parse(str(action)) == action


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_an_action_documents_itself(name: str) -> None:
    action = ACTIONS[name]
    assert action.name == name
    assert action.category in CATEGORIES
    assert action.help
    assert action.syntax.startswith(name)
    assert isinstance(parse(action.example), action)


@pytest.mark.parametrize(
    ("text", "word", "suggestion"),
    [
        ("optimzer adam", "optimzer", "optimizer"),
        ("optimizer adm", "adm", ""),
        ("data mons", "mons", "moons"),
        ("step 2 layr", "layr", "layer"),
        ("run untill loss < 1", "untill", "until"),
        ("show networ", "networ", "network"),
        ("init hee", "hee", "he"),
        ("set lrr=1", "lrr=1", "lr"),
    ],
)
def test_an_error_names_the_word_and_the_nearest_valid_one(text: str, word: str, suggestion: str) -> None:
    with pytest.raises(ActionError) as caught:
        parse(text)
    assert caught.value.word == word
    assert caught.value.text[caught.value.position :].startswith(word)
    assert caught.value.suggestion == suggestion
    assert word.split("=")[0] in str(caught.value)


@pytest.mark.parametrize(
    "text", ["lr 0", "lr -1", "lr nan", "lr inf", "batch 0", "run 0 epochs", "l1 -1", "seek -1"]
)
def test_numbers_out_of_range_are_refused(text: str) -> None:
    with pytest.raises(ActionError):
        parse(text)


def test_a_network_over_several_lines_is_one_action() -> None:
    assert str(parse("net dense 8 tanh\n  | dropout 0.5 |\n dense 1\n")) == (
        "net dense 8 tanh | dropout 0.5 | dense 1"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("opt", "optimizer"),
        ("data mo", "moons"),
        ("data moons no", "noise="),
        ("net dense 3 re", "relu"),
        ("net attention 4 ca", "causal"),
        ("net block 4 causal p", "post="),
        ("net positions le", "learned"),
        ("optimizer ad", "adam"),
        ("optimizer adam b", "beta1="),
        ("run u", "until"),
        ("run until val", "val_loss rises 5"),
        ("explain dense1.W", "dense1.W[0,0]"),
        ("explain dense1.W[0,1].g", "dense1.W[0,1].grad"),
        ("edit dense1.W[1,", "dense1.W[1,2]"),
        ("remove d", "dense1"),
        ("switch m", "main"),
        ("insert e", "end"),
        ("set l", "lr="),
        ("step op", "operation"),
        ("evaluate t", "test"),
        ("clip n", "norm"),
        ("schedule c", "cosine"),
        ("schedule step 50 f", "factor="),
        ("schedule warmup 100 c", "cosine"),
        ("loss m", "mse"),
        ("help br", "branch"),
        ("strongest den", "dense1[0]"),
        ("strongest dense1[0] m", "most="),
        ("saliency oc", "occlusion"),
        ("saliency occlusion p", "patch="),
        ("shrink pr", "prune"),
        ("importance dense", "dense1"),
        ("load a.safetensors l", "layers=dense1"),
        ("load a.safetensors layers=dense1,", "layers=dense1,dense2"),
        ("view den", "dense1"),
        ("view dense1.z[0,0] b", "backward"),
        ("generate te", "temperature="),
        ("generate in the old temperature=0.5 to", "top_k="),
        ("write len", "length="),
        ("generate ca", "candidates="),
        ("step 3 la", "layer"),
        ("back ep", "epoch"),
        ("set opt", "optimizer="),
        ("set lr=0.1 optimizer=rm", "optimizer=rmsprop"),
        ("branch other clip=n", "clip=norm"),
        ("set loss=m", "loss=mse"),
        ("set batch=", "batch=all"),
        ("batch a", "all"),
        ("freeze n", "none"),
        ("freeze d", "dense1"),
        ("move dense1 ", "2"),
        ("net conv 8 3x3 pad=", "pad=same"),
        ("net conv 8 3x3 bias=n", "bias=no"),
        ("net dense 3 init=h", "init=he"),
        ("net dense 3 | as early | dense 3 | add e", "early"),
        ("net lstm 4 st", "stateful"),
        ("net attention 4 score=a", "score=additive"),
        ("check dense1.z", "dense1.z[0,0]"),
        ("nudge dense1.a", "dense1.a[0,0]"),
        ("classify r", "row"),
        ("save x.nnlab f", "force"),
    ],
)
def test_completion_knows_every_kind_of_word(text: str, expected: str) -> None:
    session = Session()
    for action in ("data moons n=60", "net dense 3 tanh | dense 1", "step"):
        session.execute(action)
    found = session.complete(text)
    assert expected in [c.text for c in found]
    assert all(text[: c.start] + c.text for c in found)


def test_an_option_that_is_there_is_not_offered_again() -> None:
    offered = {c.text for c in Session().complete("generate temperature=0.5 top_p=0.9 ")}
    assert offered == {"top_k=", "length=", "seed=", "candidates="}
    layer = {c.text for c in Session().complete("net lstm 4 all mask=input ")}
    assert {"bi", "start=", "truncate="} <= layer
    assert not layer & {"all", "mask="}
    assert "all" in {c.text for c in Session().complete("net lstm 4 all | lstm 4 ")}


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_completion_has_an_answer_behind_every_action(name: str) -> None:
    session = Session()
    for behind in ("", "a ", "a b "):
        session.complete(f"{name} {behind}")


def test_every_word_that_a_syntax_spells_out_is_offered() -> None:
    """``clip none``, ``step layer``, ``save FILE force``: the words in small letters."""
    session = Session()
    for action in ("data moons n=60", "net dense 3 tanh | dense 1", "step"):
        session.execute(action)
    for action in ACTIONS.values():
        for form in action.syntax.split(" | "):
            words = [word.strip("[]").split("|") for word in form.split() if word != "…"]
            for place, word in enumerate(words[1:], 1):
                before = " ".join({"FILE": "x.npz", "N": "3"}.get(w[0], w[0]) for w in words[:place])
                offered = {c.text for c in session.complete(f"{before} ")}
                assert {w for w in word if re.fullmatch("[a-z]{3,}", w)} - {"number", "mask"} <= offered, (
                    before,
                    word,
                )


@given(st.text(max_size=20))
@settings(max_examples=100, deadline=None)
def test_completion_never_raises(text: str) -> None:
    Session().complete(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("data marks.csv", "data file:marks.csv"),
        ('data "my marks.csv" target=first', 'data file:"my marks.csv" target=first'),
        ("data /tmp/Marks.NPZ", "data file:/tmp/Marks.NPZ"),
        ("data file:marks.csv", "data file:marks.csv"),
    ],
)
def test_a_name_with_the_ending_of_a_file_is_a_file(typed: str, kept: str) -> None:
    assert str(parse(typed)) == str(parse(kept))
    assert str(parse(kept)).startswith(("data file:", 'data "file:'))


def test_a_very_long_word_is_not_repeated_in_full() -> None:
    with pytest.raises(ActionError) as caught:
        parse("a" * 5000)
    assert len(str(caught.value)) < 200
    assert len(caught.value.word) <= 60


def test_init_takes_every_initialiser_by_any_of_its_names() -> None:
    session = Session()
    session.execute("data xor")
    session.execute("net dense 2 tanh | dense 1")
    for word, text in (("kaiming", "he"), ("glorot_normal", "glorot_normal"), ("normal:0.2", "normal:0.2")):
        assert str(session.parse(f"init {word}")) == f"init {text}"
        session.execute(f"init {word}")
        assert f"init={text}" in session.bench.network_text
    with pytest.raises(ActionError, match="did you mean “glorot”"):
        session.parse("init glorott")


def test_what_is_watched_is_suggested_by_the_name_it_has_here() -> None:
    session = Session()
    for word, way in (("gradient.norm", "|grad|"), ("gradnorm", "|grad|"), ("updates", "|update|")):
        with pytest.raises(NnlabError, match=re.escape(f"did you mean {way}?")):
            session.execute(f"break {word} > 100")
    with pytest.raises(NnlabError, match=r"did you mean dead\(dense1\)"):
        session.execute("break dead_units > 3")


def test_an_index_that_is_missing_is_called_so() -> None:
    session = Session()
    for line in ("data xor", "net dense 2 tanh | dense 1", "step"):
        session.execute(line)
    for address, example in (("dense1.W", "dense1.W[0,0]"), ("dense1.W.grad", "dense1.W[0,0].grad")):
        with pytest.raises(NnlabError, match=re.escape(f"an index is missing, as in {example}")):
            session.execute(f"explain {address}")


def test_a_list_of_layers_may_have_commas_and_must_have_a_name() -> None:
    assert str(parse("freeze dense1, dense2")) == "freeze dense1 dense2"
    with pytest.raises(ActionError, match="the name of a layer"):
        parse("freeze ,")
