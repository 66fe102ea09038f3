"""The text models of the zoo: every layer and part opens, both ways, for an example and for an own text."""

from __future__ import annotations

import pytest
from facts import assert_facts
from making import made, scene_at

from nnlab.session import views
from nnlab.session.moment import Moment
from nnlab.session.session import Session

MODELS = (
    "fact-finder", "review-transformer", "reverse-block", "reverse-transformer", "number-transformer",
    "reverse-gru", "headline", "grammar-gpt", "tang-parrot", "habitat-bert", "groups-bert", "names-gru",
)  # fmt: skip


def own_text(session: Session) -> str:
    """A text that the network can read: one of the validation part, without what makes a line of it two."""
    data = session.need_data()
    text = data.text(int(data.split.validation[0] if len(data.split.validation) else 0))
    return text if "\n" not in text else text.partition("\n")[2].partition("\n")[0][:8] or data.vocabulary[5]


@pytest.mark.parametrize("name", MODELS)
def test_every_layer_and_part_says_in_words_what_its_picture_says(name: str) -> None:
    session = made(f"zoo {name}", "step")
    for _example_and_own in range(2):
        moment = Moment.of(session)
        columns = [part for column in moment.columns for part in (column, *views.parts_of(moment, column))]
        shown = [column for column in columns if views.view_of(moment, column) is not None]
        assert moment.output.name in [column.name for column in shown] or moment.data.class_names
        for column in shown:
            for backward in (False, True):
                assert_facts(scene_at(session, column.name, backward)[1])
        session.execute(f"read {own_text(session)}")
