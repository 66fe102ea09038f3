"""One whole lesson played by keyboard at 80x24, as its screens say, in both languages."""

from __future__ import annotations

import pytest

WORDS = {
    "en": {
        "seen": "passed; n goes on",
        "answered": "answered; n goes on",
        "done": "the lesson is done, all 10 steps",
        "said": "you said",
    },
    "zh": {
        "seen": "通过；n 继续",
        "answered": "已作答；n 继续",
        "done": "本课完成，共 10 步",
        "said": "你答的是",
    },
}
CODE = "np.sum(image[i : i + r, j : j + c] * kernel) + bias"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_whole_lesson_is_played_by_keyboard_alone(start, language):
    said = WORDS[language]
    app = start("--language", language, "lesson", "run", "c1", size=(80, 24))

    def passed(step: int) -> None:
        """The step is told to be passed, and ``n`` leads to the next."""
        app.until(said["seen"])
        app.keys("n")
        app.until(f"{step + 1}/10")
        app.quiet()

    app.until("1/10", "conv1.z[0,0,2,0]")
    app.quiet()
    app.type("view conv1")
    app.keys("enter")
    app.until("+3.00")  # the bench has come forward, with the cursor on the first cell
    app.quiet()
    app.keys("enter")
    app.until("conv1.z[0,0,0,0] = 3", "2 ")
    app.keys("esc")
    app.until("+3.00")
    app.keys("right", "right", "enter")
    passed(1)

    app.keys("3", "enter")  # an upright edge
    app.until("−1 + 0 + 1")
    app.keys("0", "enter", "1", "enter", "0", "enter")
    passed(2)

    app.keys("3", "enter")  # as it was before the kernel was turned
    app.until(said["said"], "−3")
    app.keys("n")
    app.until("4/10")
    app.quiet()

    app.keys("down", "down", "enter")
    passed(4)

    app.type("edit conv1.W[1,1,0,0] 8")
    app.keys("enter")
    passed(5)

    app.keys("80 33280", "enter")
    app.until("80, 33280", said["answered"])
    assert not app.shows("332, 80")  # two numbers, and no blank of thousands
    app.keys("n")
    app.until("7/10")
    app.quiet()

    app.type("net conv 8 3x3 stride=2 pad=same | flatten | dense 10")
    app.keys("enter")
    passed(7)

    app.keys("enter")
    app.quiet()
    app.keys(*["down"] * 11, "end", "backspace", "backspace", "backspace", CODE)
    app.until("+ bias")
    app.keys("esc")
    app.quiet()
    app.keys("c")
    passed(8)

    app.keys("down", "enter")
    passed(9)

    app.keys("12", "enter")
    app.until("12")
    app.wait(lambda: app.shows("n ends the lesson") or app.shows("n 结束本课"), "the last step passed")
    app.keys("n")
    app.until(said["done"])
    app.keys("q")
    app.gone("10/10")
    app.keys("Q")
    assert app.ended() == 0
    assert app.restored() == []
