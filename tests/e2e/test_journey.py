"""A learner's ways through the whole program, key by key, on a real terminal."""

from __future__ import annotations

from nnlab.session import Session
from tests.e2e.terminal import plain


def test_a_lesson_keeps_its_verdict_and_its_place(start, home):
    app = start()
    app.at_home()
    app.keys("enter")
    app.until("A sum with weights", "1/10")
    app.keys("n")
    app.until("What is z?")
    app.keys("1", "enter")
    app.until("you said 1", "only one part of the sum")
    app.keys("Q")
    assert app.ended() == 0
    again = start()
    again.until("Continue", "step 2 of 10")
    again.keys("enter")
    again.until("What is z?", "you said 1", "only one part of the sum")


def test_a_session_in_the_lab_is_there_again_after_leaving(start, home):
    app = start()
    app.at_home()
    app.act("data moons n=60 seed=3", "moons n=60", "1 stage")
    app.act("net dense 3 tanh | dense 1", "dense2")
    app.keys("space")
    app.until("step 1 · epoch 1")
    app.act("explain dense1.W[0,1].grad", "dW = xᵀ·dz", "esc climbs back")
    app.keys("down", "enter")  # into the first number it is made from
    app.until("given · input", "2 deep")
    app.keys("esc")
    app.until("dense1.W[0,1].grad = ")
    app.act("run 2 epochs", "step 3 reached")
    app.act("back 1 step")
    app.act("seek 1", "step 1")
    app.act("branch lr=0.3", "0.3")
    app.keys("space")
    app.until("step 2")
    app.keys("q")
    app.until("Continue")
    app.keys("q")
    assert app.ended() == 0
    assert app.restored() == []
    assert app.cooked()

    path = home / "nnlab" / "data" / "sessions" / "lab-1.nnl"
    kept = Session.resume(path)
    kept.close()
    assert sorted(kept.runs)
    assert len(kept.runs) == 2
    assert kept.run.step_count == 2

    again = start()
    again.until("Continue", "dense 3 tanh | dense 1")
    again.keys("enter")
    again.until("moons n=60", "lr 0.3", "dense 3 tanh | dense 1")
    copy = path.with_name("copy.nnl")
    copy.write_bytes(path.read_bytes())
    assert kept.history == Session.resume(copy).history


def test_actions_typed_in_one_burst_are_done_in_their_order(start):
    app = start()
    app.open_bench()
    app.keys(":data moons n=60\r:net dense 3 tanh | dense 1\r:step\r:lr 0.25\r ")
    app.until("lr 0.25", "dense 3 tanh | dense 1", "step 2 · epoch 2")


def test_typed_errors_stand_under_the_word_they_are_about(start):
    app = start()
    app.open_bench()
    app.act("data moons", "moons: ")
    app.type("optimzer adam")
    app.keys("enter")
    app.until("optimizer", "^^^^^^^^")
    assert app.shows(": optimzer adam")  # still there to be mended
    app.keys("esc")
    app.line_closed()
    for line, words in (
        ("net dense 4 | dens 1", ("dens", "dense")),
        ("lr 0", ("above 0",)),
        ("lr -1", ("-1",)),
        ("lr nan", ("nan",)),
        ("net dense 1000000000 | dense 1000000000", ("memory",)),
        ("data mons", ("moons",)),
        ("explain dense1.W[0,0]", ("network",)),
    ):
        app.type(line)
        app.keys("enter")
        app.until("! ", *words)
        app.keys("esc")
        app.line_closed()
    app.act("net dense 2 | dense 1", "dense 2 | dense 1")
    app.keys("Q")
    assert app.ended() == 0


def test_the_screen_follows_its_terminal_while_training(start):
    app = start(size=(80, 24))
    app.open_bench()
    app.act("data digits", "digits: ")
    app.act("net dense 16 relu | dense 10", "dense 16 relu")
    app.keys("r")
    app.until("r pause")
    for size, words in (
        ((200, 50), ("inspector", "gauges")),
        ((60, 15), ("60x15", "80x24", "press p")),
        ((120, 36), ("inspector", "gauges", "epoch")),
    ):
        app.resize(*size)
        app.until(*words)
        assert len(app.display.display) == size[1]
    app.keys("r")
    app.until("r run")
    app.keys("Q")
    assert app.ended() == 0


def test_own_data_that_cannot_be_used_is_answered_in_the_app(start, home):
    files = {
        "empty.csv": (b"", "empty"),
        "one_class.csv": (b"a,b,kind\n1,2,x\n2,3,x\n3,4,x\n4,5,x\n", "nothing to learn"),
        "ragged.csv": (b"a,b,kind\n1,2,x\n3,4\n5,6,y\n", "line 3"),
        "latin.csv": ("a,b,kind\n1,2,caf\u00e9\n3,4,th\u00e9\n".encode("latin-1"), "UTF-8"),
    }
    for name, (content, _word) in files.items():
        (home / name).write_bytes(content)
    app = start()
    app.at_home()
    app.keys("end", "up", "up", "enter")
    app.until(": data file:")
    app.keys("esc")
    app.line_closed()
    for name, (_content, word) in files.items():
        app.type(f"data file:{name}")
        app.keys("enter")
        app.until("! ", word)
        app.keys("esc")
        app.line_closed()
    assert plain(["run", "-"], "data file:ragged.csv\n", home=home).returncode == 2
    (home / "good.csv").write_text("a,b,kind\n" + "".join(f"{i},{i % 7},{'xy'[i % 2]}\n" for i in range(40)))
    app.act("data file:good.csv", "good")
