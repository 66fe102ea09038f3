"""A lesson on screen: every form of answer, hints, moving, resuming."""

from __future__ import annotations

import threading
import time

import pytest

from nnlab.lesson.find import find_lessons, load_script
from nnlab.session.moment import Place
from nnlab.tui.bench.gauges import PAGES
from nnlab.tui.lookout import EVERY
from nnlab.tui.screens.home import HomeScreen
from nnlab.tui.screens.lesson import BenchActed, LessonScreen


@pytest.fixture
def lesson(start, pack):
    """``async with lesson(at="order") as driver``."""
    import contextlib

    @contextlib.asynccontextmanager
    async def begin(at: str = "start", go: bool = True, **options):
        async with start(lesson_dirs=[pack], lesson="t1", **options) as driver:
            await driver.until(lambda: isinstance(driver.app.screen, LessonScreen), "the lesson")
            screen = driver.app.screen
            if go and at != "start":
                driver.app.do(lambda: (screen.run.go(at), screen.run.view())[1], screen._arrived)
            await driver.until(lambda: screen._shown == at and screen.guide.view.id == at, at)
            await driver.pilot.pause(0.1)
            yield driver

    return begin


def status(driver) -> str:
    return driver.app.screen.run.state.status


async def test_prose_is_laid_out_and_n_goes_on(lesson) -> None:
    async with lesson() as driver:
        assert "• one" in driver.text
        assert "**" not in driver.text
        await driver.press("n")
        await driver.shows("What is z?")


async def test_a_prediction_stands_beside_the_truth_and_passes(lesson) -> None:
    async with lesson("number") as driver:
        await driver.type("0")
        await driver.press("enter")
        await driver.shows("You left the bias out.")
        assert "you said  0" in driver.text
        assert "it is     0.5" in driver.text
        assert "answered" in driver.said
        assert "passed" not in driver.said
        assert status(driver) == "passed"


async def test_another_answer_is_written_over_a_wrong_one(lesson) -> None:
    async with lesson("tape") as driver:
        await driver.type("77")
        await driver.press("enter")
        await driver.shows("too large")
        field = driver.app.screen.guide.field
        assert field.value == "77"
        await driver.press("space")
        await driver.until(lambda: "step" in driver.app.screen.session.history)
        await driver.type("-1")
        assert field.value == "-1"


async def test_a_blank_separates_numbers_where_several_are_asked_for(lesson) -> None:
    async with lesson("tape") as driver:
        await driver.press("space")
        await driver.until(lambda: "step" in driver.app.screen.session.history)
        await driver.type("1 2")
        assert driver.app.screen.guide.field.value == "1 2"


async def test_letters_are_keys_while_a_number_field_has_the_focus(lesson) -> None:
    async with lesson("number") as driver:
        await driver.press("h")
        await driver.shows("Look here.")
        assert driver.app.screen.guide.field.value == ""


async def test_a_number_that_cannot_be_read_is_answered_in_place(lesson) -> None:
    async with lesson("number") as driver:
        await driver.type("1.2.3")
        await driver.press("enter")
        await driver.shows("1.2.3")
        assert status(driver) == "open"


async def test_a_wrong_choice_gets_its_misconception_a_right_one_passes(lesson) -> None:
    async with lesson("choice") as driver:
        await driver.press("enter")
        await driver.shows("Left is where you came from.")
        await driver.press("down", "enter")
        await driver.until(lambda: status(driver) == "passed")


async def test_several_choices_are_marked_then_checked(lesson) -> None:
    async with lesson("choices") as driver:
        await driver.press("enter", "down", "down", "enter", "c")
        await driver.until(lambda: status(driver) == "passed")


async def test_lines_are_carried_into_order(lesson) -> None:
    async with lesson("order") as driver:
        await driver.press("enter", "down", "enter", "c")
        await driver.until(lambda: status(driver) == "passed")


async def test_the_next_value_of_the_tape_opens_the_one_after(lesson) -> None:
    async with lesson("tape") as driver:
        truth = driver.app.screen.run.state.prepared["truth"]
        await driver.type(f"{truth[0]:g}".replace("-", "-"))
        await driver.press("enter")
        await driver.shows("next on the tape")
        await driver.type(f"{truth[1]:g}")
        await driver.press("enter")
        await driver.until(lambda: status(driver) == "passed")


async def test_a_goal_on_the_bench_is_noticed_by_itself(lesson) -> None:
    async with lesson("bias") as driver:
        driver.app.act("edit dense1.b[0] 2")
        await driver.until(lambda: status(driver) == "passed")
        await driver.shows("That is it")


@pytest.mark.parametrize("at", ["long", "pass-by"])
async def test_a_goal_is_noticed_while_training_goes_on(lesson, at) -> None:
    async with lesson(at) as driver:
        session = driver.app.screen.session
        driver.app.act("run")
        await driver.until(lambda: status(driver) == "passed")
        assert session.trainer.running
        await driver.shows("Reached at step")
        assert "goal reached at step" in driver.said
        assert "n goes on" in driver.said


async def test_a_run_that_goes_on_is_looked_at_a_few_times_a_second(lesson, monkeypatch) -> None:
    async with lesson("bias") as driver:
        run, looks = driver.app.screen.run, []
        monkeypatch.setattr(run, "glance", lambda: looks.append(run.session.run.step_count))
        driver.app.act("run")
        begun = time.monotonic()
        await driver.until(lambda: len(looks) > 3)
        assert len(looks) - 1 <= 1 + (time.monotonic() - begun) / EVERY
        assert looks[-1] > looks[1]


async def test_nobody_looks_at_a_bench_that_is_asked_nothing(lesson, monkeypatch) -> None:
    async with lesson("choice") as driver:
        run, looks = driver.app.screen.run, []
        monkeypatch.setattr(run, "glance", lambda: looks.append(1))
        driver.app.act("run")
        await driver.until(lambda: run.session.run and run.session.run.step_count > 200)
        await driver.pilot.pause(2 * EVERY)
        assert not looks


async def test_what_happens_during_a_look_is_looked_at_after_it(lesson, monkeypatch) -> None:
    async with lesson("bias") as driver:
        screen = driver.app.screen
        plain, held = screen.run.glance, threading.Event()

        def slow():
            verdict = plain()
            held.wait(5)
            return verdict

        monkeypatch.setattr(screen.run, "glance", slow)
        screen.post_message(BenchActed())
        await driver.pilot.pause(0.05)
        screen.session.execute("edit dense1.b[0] 2")
        await driver.pilot.pause(0.05)
        held.set()
        await driver.until(lambda: status(driver) == "passed")


async def test_what_was_missing_is_forgotten_when_the_learner_goes_on(lesson) -> None:
    async with lesson("bias") as driver:
        await driver.press("c")
        await driver.shows("Not yet")
        driver.app.act("edit dense1.b[0] 0.75")
        await driver.until(lambda: "Not yet" not in driver.text)


async def test_what_is_to_be_seen_is_crossed_off(lesson) -> None:
    async with lesson("see") as driver:
        assert "dense1.b[0]" in driver.text
        driver.app.act("step batch")
        driver.app.act("explain dense1.b[0]")
        await driver.until(lambda: status(driver) == "passed")


async def test_a_number_opened_with_the_cursor_is_crossed_off(lesson) -> None:
    async with lesson("see") as driver:
        await driver.press("c")
        await driver.shows("Still to see")
        bench = driver.app.screen.bench
        driver.app.act("step batch")
        await driver.until(lambda: bench.moment is not None and bench.moment.known)
        bench.show_place("stage")
        for _press in range(12):
            if str(bench.question.address) == "dense1.b[0]":
                break
            await driver.press("down")
        await driver.press("enter")
        await driver.until(lambda: status(driver) == "passed")


async def test_a_layer_opened_with_a_key_is_as_good_as_the_line_that_views_it(lesson) -> None:
    async with lesson("inside") as driver:
        bench = driver.app.screen.bench
        await driver.until(lambda: bench.moment is not None and bench.moment.known)
        bench.show_place("stage")
        bench.stage.stand(Place("attention1.z", (0, 0)))
        assert status(driver) != "passed"
        await driver.press("x")
        await driver.until(lambda: status(driver) == "passed")


async def test_the_next_step_begins_with_the_network_and_not_with_a_number_of_the_last(lesson) -> None:
    async with lesson("see") as driver:
        driver.app.act("step batch")
        driver.app.act("explain dense1.b[0]")
        bench = driver.app.screen.bench
        await driver.until(lambda: bench.place_name == "inspector")
        await driver.press("n")
        await driver.until(lambda: bench.place_name == "stage" and not bench.question.trail)


async def test_a_step_brings_the_gauges_forward_that_it_is_about(lesson) -> None:
    async with lesson("long") as driver:
        bench = driver.app.screen.bench
        assert bench.gauges.order == ("confusion", "curves")
        await driver.until(lambda: bench.gauges.display and not bench.stage.display)
        assert not bench.gauges.has_focus
        await driver.press("tab")
        await driver.until(lambda: bench.gauges.has_focus)
        await driver.press("n", "n")
        await driver.until(lambda: bench.stage.display and not bench.gauges.display)


def test_the_gauges_that_lessons_are_about_exist() -> None:
    for entry in find_lessons():
        for step in load_script(entry).steps:
            assert set(step.gauge.split()) <= set(PAGES), (entry.name, step.id)


async def test_a_gauge_comes_forward_at_80_columns_with_the_bench(lesson) -> None:
    async with lesson("long", size=(80, 24)) as driver:
        assert driver.app.screen.guide.display
        await driver.press("tab")
        await driver.shows("4 gauges")


@pytest.mark.parametrize("at", ["start", "number", "bias", "see"])
async def test_at_80_columns_the_way_to_the_other_half_is_among_the_keys(lesson, at) -> None:
    async with lesson(at, size=(80, 24)) as driver:
        await driver.shows("tab bench")
        await driver.press("tab")
        await driver.shows("5 guide")
        await driver.press("5")
        await driver.shows("tab bench")


@pytest.mark.slow
async def test_code_runs_its_tests(lesson) -> None:
    async with lesson("code") as driver:
        await driver.press("c")
        await driver.shows("Not yet")
        field = driver.app.screen.guide.field
        field.text = "def double(x):\n    return 2 * x\n"
        await driver.press("c")
        await driver.until(lambda: status(driver) == "passed")


async def test_a_new_line_of_code_begins_where_the_last_one_did(lesson) -> None:
    async with lesson("code") as driver:
        field = driver.app.screen.guide.field
        field.focus()
        field.text = "def double(x):"
        field.move_cursor((0, 14))
        await driver.press("enter")
        await driver.type("y = x")
        await driver.press("enter")
        await driver.type("return y")
        assert field.text == "def double(x):\n    y = x\n    return y"


async def test_unfinished_code_is_kept(lesson) -> None:
    async with lesson("code") as driver:
        driver.app.screen.guide.field.text = "def double(x): pass\n"
        await driver.until(lambda: "pass" in driver.app.screen.run.state.draft)


async def test_three_hints_then_the_solution_with_a_second_press(lesson) -> None:
    async with lesson("choice") as driver:
        for hint in ("Look here.", "Think so.", "Do it like this."):
            await driver.press("h")
            await driver.shows(hint)
        await driver.press("h")
        assert "once more" in driver.said
        assert "Solution" not in driver.text
        await driver.press("h")
        await driver.shows("Solution")
        assert "the right one" in driver.text


async def test_an_open_question_is_left_for_later_with_a_second_press(lesson) -> None:
    async with lesson("choice") as driver:
        await driver.press("n")
        await driver.until(lambda: "once more" in driver.said)
        await driver.press("n")
        await driver.shows("Which are odd?")
        await driver.press("p")
        await driver.shows("Which side?")


async def test_the_keys_of_the_bench_work_beside_the_guide(lesson) -> None:
    async with lesson("choice") as driver:
        await driver.press("space")
        await driver.until(lambda: "step" in driver.app.screen.session.history)


async def test_on_a_small_screen_the_bench_comes_forward_with_the_question_under_it(lesson) -> None:
    async with lesson("choice", size=(80, 24)) as driver:
        screen = driver.app.screen
        assert not screen.bench.display
        await driver.press("space")
        await driver.until(lambda: screen.bench.display and not screen.guide.display)
        await driver.shows("Which side?")
        await driver.press("5")
        await driver.until(lambda: screen.guide.display)


async def test_on_a_small_screen_a_number_is_opened_where_a_step_has_shown_it(lesson) -> None:
    async with lesson("see", size=(80, 24)) as driver:
        bench = driver.app.screen.bench
        await driver.press("space")
        await driver.until(lambda: bench.moment is not None and bench.moment.known and bench.stage.has_focus)
        await driver.press("enter")
        await driver.until(lambda: bench.place_name == "inspector")


async def test_on_a_small_screen_a_number_that_is_asked_for_by_typing_comes_forward(lesson) -> None:
    async with lesson("see", size=(80, 24)) as driver:
        driver.app.act("step batch")
        driver.app.act("explain dense1.z[0,0]")
        await driver.shows("2 inspector")


async def test_on_a_small_screen_a_layer_that_is_asked_for_by_typing_comes_forward(lesson) -> None:
    async with lesson("inside", size=(80, 24)) as driver:
        screen = driver.app.screen
        await driver.until(lambda: screen.bench.moment is not None and screen.bench.moment.known)
        assert not screen.bench.display
        driver.app.act("view attention1")
        await driver.until(lambda: screen.bench.display and screen.bench.stage.form == "layer")


async def test_on_a_small_screen_the_bench_says_under_it_that_the_goal_was_reached(lesson) -> None:
    async with lesson("long", size=(80, 24)) as driver:
        await driver.press("tab")
        driver.app.act("run 60 steps")
        await driver.until(lambda: status(driver) == "passed")
        await driver.shows("That is it")
        assert not driver.app.screen.guide.display


async def test_a_lesson_goes_on_where_it_was_left(lesson) -> None:
    async with lesson("bias") as driver:
        driver.app.act("edit dense1.b[0] 0.75")
        await driver.until(lambda: "edit dense1.b[0] 0.75" in driver.app.screen.session.history)
        driver.app.leave()
    async with lesson("bias", go=False) as driver:
        assert driver.app.screen.session.history[-1] == "edit dense1.b[0] 0.75"


async def test_the_end_of_a_lesson_leads_home(lesson) -> None:
    async with lesson("code") as driver:
        await driver.press("n")
        await driver.until(lambda: "once more" in driver.said)
        await driver.press("n")
        await driver.until(lambda: "n goes home" in driver.said)
        await driver.press("n")
        await driver.until(lambda: isinstance(driver.app.screen, HomeScreen))


async def test_code_has_its_colours_also_while_it_is_typed(lesson) -> None:
    async with lesson("code") as driver:
        field = driver.app.screen.guide.field
        field.focus()
        await driver.press("ctrl+end", *"if 7:")

        def style_of(word):
            row = next(y for y in range(field.document.line_count) if word in field.document.get_line(y))
            at = field.document.get_line(row).index(word)
            return next((kind for a, b, kind in field._highlights[row] if a <= at < b), "")

        assert (style_of("def"), style_of("if"), style_of("7")) == ("keyword", "keyword", "number")
        assert field._theme.syntax_styles["keyword"].bold


@pytest.mark.parametrize("way", ["n", "p", "q"])
async def test_typing_is_kept_also_by_one_who_goes_on_at_once(lesson, way, monkeypatch) -> None:
    monkeypatch.setattr("nnlab.tui.screens.lesson.DRAFT_SECONDS", 60.0)
    async with lesson("code") as driver:
        driver.app.screen.guide.field.focus()
        await driver.press(
            "ctrl+end",
            *["h", "a", "l", "f", "space", "a", "space", "t", "h", "o", "u", "g", "h", "t"],
            "escape",
        )
        await driver.press(*((way, way) if way == "n" else (way,)))
        steps = driver.app.progress.steps
        await driver.until(lambda: "half a thought" in steps("t1_forms")["code"].get("draft", ""))


async def test_a_lesson_is_begun_anew_at_the_second_press(lesson) -> None:
    async with lesson("number") as driver:
        await driver.type("0")
        await driver.press("enter")
        await driver.shows("You left the bias out.")
        await driver.press("escape", "N")
        assert "stays on record" in driver.said
        assert status(driver) == "passed"
        await driver.press("N")
        screen = driver.app.screen
        await driver.until(lambda: screen._shown == "start", "the first step")
        assert {each for _id, each in screen.run.statuses()} == {"open"}
        await driver.press("n")
        await driver.shows("What is z?")
        assert "You left the bias out." not in driver.text


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_esc_leaves_the_code_and_c_runs_the_tests(lesson, size) -> None:
    async with lesson("code", size=size) as driver:
        field = driver.app.screen.guide.field
        await driver.press("enter")
        await driver.until(lambda: field.has_focus)
        await driver.press("escape", "c")
        await driver.shows("Not yet")
        assert not field.has_focus
        assert field.text.startswith("def")


async def test_on_a_small_screen_what_an_action_did_is_seen_at_once(lesson) -> None:
    async with lesson("bias", size=(80, 24)) as driver:
        driver.app.act("edit dense1.b[0] 0.75")
        await driver.shows("1 stage")
        await driver.press("5")
        driver.app.act("show network")
        await driver.shows("esc closes")
        await driver.press("escape")
        await driver.shows("Make the bias larger")
        assert driver.app.screen.guide.display


async def test_the_foot_says_how_to_type_where_the_bench_is_acted_on(lesson) -> None:
    async with lesson("bias", size=(80, 24)) as driver:
        assert ": type" in driver.text.splitlines()[-1]
        assert "tab bench" in driver.text.splitlines()[-1]


async def test_another_step_begins_with_the_whole_network(lesson) -> None:
    async with lesson("inside") as driver:
        stage = driver.app.screen.bench.stage
        driver.app.act("view attention1 backward")
        await driver.until(lambda: stage.form == "layer" and "backward: gradients" in driver.text)
        await driver.press("n", "n")
        await driver.until(lambda: driver.app.screen._shown == "code")
        await driver.shows("forward: values")
        assert stage.form == "network"


async def test_the_words_of_the_plain_form_go_through_a_lesson_too(lesson) -> None:
    async with lesson("start") as driver:
        driver.app.act("go 2")
        await driver.shows("What is z?")
        driver.app.act("hint")
        await driver.shows("Look here.")
        driver.app.act("answer 0")
        await driver.shows("You left the bias out.")
        driver.app.act("previous")
        await driver.until(lambda: driver.app.screen._shown == "start")


async def test_what_was_wrong_stays_while_it_is_only_looked_at(lesson) -> None:
    async with lesson("bias") as driver:
        await driver.press("c")
        await driver.shows("Not yet")
        driver.app.act("explain dense1.b[0]")
        await driver.shows("2 inspector")
        await driver.pilot.pause(0.3)
        assert "Not yet" in driver.text
        driver.app.act("edit dense1.b[0] 0.75")
        await driver.until(lambda: "Not yet" not in driver.text)


async def test_a_layer_is_viewed_that_was_laid_just_before(lesson) -> None:
    async with lesson("bias") as driver:
        bench = driver.app.screen.bench
        driver.app.act("data sequence x=1,0 y=0")
        driver.app.act("net reshape 2x1 | attention 1 | flatten | dense 1")
        driver.app.act("view attention1")
        await driver.until(lambda: bench.stage.form == "layer" and "attention1" in driver.text)


async def test_the_next_value_of_a_tape_may_be_typed_before_the_last_one_is_judged(lesson) -> None:
    async with lesson("tape") as driver:
        field = driver.app.screen.guide.field
        field.value = "0.5"
        field.select_all()
        field.clear_answered()
        assert field.value == ""
        await driver.type("0.5")
        await driver.press("enter")
        await driver.type("-1")
        field.clear_answered()
        assert field.value == "-1"


async def test_a_colon_of_a_chinese_input_method_opens_the_line_too(lesson) -> None:
    async with lesson("bias") as driver:
        await driver.press("fullwidth_colon")
        await driver.until(lambda: driver.app.screen.typing)
