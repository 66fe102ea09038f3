"""After an edit there is one row to be seen, that of the followed example; others are refused in words."""

from __future__ import annotations

import pytest
from making import made

from nnlab.errors import NnlabError
from nnlab.session.viewed import viewed


def test_a_row_of_the_batch_is_refused_where_only_the_followed_example_was_passed_through() -> None:
    session = made("data pixels", "net conv 1 3x3 | flatten | dense 4", "batch all", "step")
    viewed(session, "conv1.z[3,0,0,0]", "")
    session.execute("edit conv1.W[1,1,0,0] 8")
    viewed(session, "conv1.z[0,0,0,0]", "")
    with pytest.raises(NnlabError, match="only the followed example has been passed through, as row 0"):
        viewed(session, "conv1.z[3,0,0,0]", "")
