"""A fault planted in the learner's own network: drawn, found with few probes, proved to be findable."""

import pytest

from nnlab.errors import NnlabError
from nnlab.lesson import Lesson, LessonRun, debug, fault, sabotage
from nnlab.lesson.check import check_lesson
from nnlab.session import Session

SETUP = ["seed 1", "data moons", "net dense 4 relu | dense 1", "lr 0.01", "run 1 epochs"]


def weight(session, row=0, column=0):
    return float(session.network.parameters["dense1.W"][row, column])


def rate(session):
    return float(session.run.lr)


FAULTS = [
    fault("zeroed", ["edit dense1.W[0,0] 0"], ["explain dense1.W[0,0]"], lambda s: weight(s) == 0),
    fault("huge", ["edit dense1.W[1,2] 40"], ["explain dense1.W[1,2]"], lambda s: weight(s, 1, 2) == 40),
    fault("too-fast", ["lr 30"], ["show setup"], lambda s: rate(s) == 30),
]


def lesson(tmp_path, faults=FAULTS, **options):
    made = Lesson(
        "t1",
        "broken",
        [debug("find", sabotage(faults, **options), setup=SETUP, shows={"zeroed": "explain dense1.W[0,0]"})],
    )
    made.path = tmp_path / "t1_broken.py"
    texts = "".join(
        f"### option {f.name}\n{f.name} it is\n### mistake {f.name}\nnot {f.name}\n" for f in faults
    )
    for language in ("en", "zh"):
        made.path.with_name(f"t1_broken.{language}.md").write_text(
            "# T\np\n### objective\nFind it\n### misconception\nnone\n## find Find\nt\n### question\n?\n"
            f"### hint\na\n### hint\nb\n### hint\nc\n### after\nYes, {{answer}}.\n{texts}"
        )
    return made


def planted(run):
    return [
        name
        for name, there in zip(("zeroed", "huge", "too-fast"), (f.tells(run.session) for f in FAULTS))
        if there
    ]


def test_one_fault_is_planted_and_every_one_of_them_is_drawn_sooner_or_later(tmp_path):
    found = set()
    for seed in range(12):
        run = LessonRun(lesson(tmp_path, seed=seed), Session(), language="en")
        assert planted(run) == run.state.prepared["truth"]
        found |= set(planted(run))
    assert found == {"zeroed", "huge", "too-fast"}


def test_a_bench_that_is_set_up_again_may_hold_another_fault_and_its_probes_begin_anew(tmp_path):
    run = LessonRun(lesson(tmp_path), Session(), language="en")
    seeds = {run.state.prepared["seed"]}
    run.session.execute("explain dense1.b[0]")
    assert run.view().probes == (1, 6)
    run.reset_bench()
    seeds.add(run.state.prepared["seed"])
    assert run.view().probes == (0, 6)
    assert len(seeds) == 2
    assert planted(run) == run.state.prepared["truth"]


def test_only_looking_into_the_network_counts_and_the_same_look_counts_once(tmp_path):
    run = LessonRun(lesson(tmp_path, seed=1), Session(), language="en")
    for line in (
        "step",
        "explain dense1.b[0]",
        "explain  dense1.b[0]",
        "run 3 steps",
        "view curves",
        "show network",
    ):
        try:
            run.session.execute(line)
        except NnlabError:
            assert line.startswith("view")
    run.opened("dense1.b[1]")
    assert run.view().probes == (3, 6)


def test_a_wrong_accusation_is_contradicted_and_what_shows_it_is_no_probe(tmp_path):
    run = LessonRun(lesson(tmp_path, seed=1), Session(), language="en")
    truth = run.state.prepared["truth"][0]
    others = [f.name for f in FAULTS if f.name != truth]
    for name in others:
        verdict = run.submit(name)
        assert (verdict.passed, verdict.misconception, verdict.text) == (False, name, f"not {name}")
    if "zeroed" in others:
        run.submit("zeroed")
        run.see()
        assert run.view().probes == (0, 6)
    assert run.submit(truth).passed


def test_too_many_probes_do_not_pass(tmp_path):
    run = LessonRun(lesson(tmp_path, seed=1, probes=1), Session(), language="en")
    run.session.execute("explain dense1.b[0]")
    run.session.execute("explain dense1.b[1]")
    verdict = run.submit(run.state.prepared["truth"][0])
    assert not verdict.passed
    assert "2 probes and 1 are enough" in verdict.text


def problems(tmp_path, *faults, **options):
    report = check_lesson(lesson(tmp_path, [*FAULTS[:1], *faults], **options))
    return [
        str(problem)
        for problem in report.problems
        if any(word in str(problem) for word in ("sign of", "takes", "still there"))
    ]


def test_the_check_proves_that_every_fault_can_be_found(tmp_path):
    assert problems(tmp_path, *FAULTS[1:]) == []


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (fault("hidden", ["lr 2"], ["show setup"], lambda s: False), "'hidden' is not there"),
        (fault("alike", ["lr 2"], ["show setup"], lambda s: True), "'alike' is there when 'zeroed'"),
        (
            fault("deep", ["lr 2"], [f"explain dense1.b[{n}]" for n in range(4)], lambda s: rate(s) == 2),
            "takes 4",
        ),
        (fault("sticky", ["l2 0.5"], ["show setup"], lambda s: s.run.config.l2 == 0.5), "still there"),
    ],
)
def test_the_check_names_a_fault_that_cannot_be_told_apart(tmp_path, broken, words):
    assert any(words in problem for problem in problems(tmp_path, broken, probes=3))


def test_a_sabotage_needs_two_faults():
    with pytest.raises(NnlabError, match="at least two"):
        sabotage(FAULTS[:1])
