"""Lessons: their format, their checks, and the run of a learner through one.

A lesson is three files with one name: ``a1_neuron.py`` declares the steps and how they are checked,
``a1_neuron.en.md`` and ``a1_neuron.zh.md`` hold every word the learner reads.  The script::

    from nnlab.lesson import Lesson, number, numeric, predict, read

    lesson = Lesson(
        "a1", "neuron", minutes=15, needs=(),
        steps=[
            read("weighted-sum", setup=["data and", "net dense 1"], look=["step batch"],
                 numbers=[number("z", "dense1.z[0,0]", digits=3)]),
            predict("add-up", numeric("dense1.z[0,0]", expect=0.5, mistakes={"no-bias": 0.0})),
        ],
    )

The prose::

    # One neuron decides
    By the end you can set three numbers so that one neuron says exactly what you want.

    ## weighted-sum The weighted sum
    A unit multiplies, adds, and here gets {z}.

    ## add-up Your turn
    The weights are on the bench.
    ### question
    What is z?
    ### hint
    (three of them: where to look, which idea, a worked step with other numbers)
    ### after
    z is the sum of the products plus the bias: {answer}.
    ### mistake no-bias
    That is the sum without the bias.

``docs/lessons.md`` describes the whole format; ``nnlab lesson check`` proves a lesson.
"""

from nnlab.lesson.answers import close, parse_numbers
from nnlab.lesson.bench import Bench, Found, Probe, found
from nnlab.lesson.check import Report, check_lesson
from nnlab.lesson.concepts import Concept, Inventory, load_concepts
from nnlab.lesson.find import LessonEntry, find_lessons, lesson_folders, load_lesson
from nnlab.lesson.new import new_lesson
from nnlab.lesson.recall import RecallRun, due_recalls
from nnlab.lesson.render import render_text
from nnlab.lesson.resume import lesson_sessions, open_lesson
from nnlab.lesson.run import LessonRun
from nnlab.lesson.state import StepView, Verdict
from nnlab.lesson.step import (
    KINDS,
    Lesson,
    Number,
    Recall,
    Step,
    be,
    build,
    code,
    debug,
    explain,
    number,
    order,
    predict,
    quiz,
    read,
    recall,
    train,
    tune,
    watch,
)
from nnlab.lesson.tasks import Attempt, Judgement, Task
from nnlab.lesson.tasks_bench import did, goal, observe, reached, visited, when
from nnlab.lesson.tasks_code import program
from nnlab.lesson.tasks_compared import compared, seeded
from nnlab.lesson.tasks_curve import curve, over_epochs, over_steps
from nnlab.lesson.tasks_picked import arrange, choose, choose_all
from nnlab.lesson.tasks_sabotage import fault, sabotage
from nnlab.lesson.tasks_shape import shape
from nnlab.lesson.tasks_tape import tape
from nnlab.lesson.tasks_typed import numeric, numerics

__all__ = [
    "KINDS",
    "Attempt",
    "Bench",
    "Concept",
    "Found",
    "Inventory",
    "Judgement",
    "Lesson",
    "LessonEntry",
    "LessonRun",
    "Number",
    "Probe",
    "Recall",
    "RecallRun",
    "Report",
    "Step",
    "StepView",
    "Task",
    "Verdict",
    "arrange",
    "be",
    "build",
    "check_lesson",
    "choose",
    "choose_all",
    "close",
    "code",
    "compared",
    "curve",
    "debug",
    "did",
    "due_recalls",
    "explain",
    "fault",
    "find_lessons",
    "found",
    "goal",
    "lesson_folders",
    "lesson_sessions",
    "load_concepts",
    "load_lesson",
    "new_lesson",
    "number",
    "numeric",
    "numerics",
    "observe",
    "open_lesson",
    "order",
    "over_epochs",
    "over_steps",
    "parse_numbers",
    "predict",
    "program",
    "quiz",
    "reached",
    "read",
    "recall",
    "render_text",
    "sabotage",
    "seeded",
    "shape",
    "tape",
    "train",
    "tune",
    "visited",
    "watch",
    "when",
]
