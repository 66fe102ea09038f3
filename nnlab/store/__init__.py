"""What a learner has done, kept: one SQLite file, written at every step.

>>> from nnlab.store import Progress
>>> progress = Progress()                                # the learner's file; SQLAlchemy is loaded here
>>> progress.answer("a1_neuron", "add-up", "0.5", True)
>>> progress.warning                                     # one sentence where the file could not be used
''
"""

from nnlab.store.progress import Progress
from nnlab.store.records import Answer, LessonRow, RecallRow

__all__ = ["Answer", "LessonRow", "Progress", "RecallRow"]
