"""The store keeps everything, whatever happens to the disk."""

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from nnlab.errors import NnlabError
from nnlab.store import Progress, RecallRow


def fill(progress, n=3):
    for at in range(n):
        progress.answer(
            "a1_neuron", "add-up", f"0.{at}", at == 2, "no-bias" if at == 0 else "", kind="predict", hints=at
        )
    progress.save_step(
        "a1_neuron", "add-up", {"status": "passed", "hints": 1, "tries": n, "seconds": 12.5, "draft": "ü"}
    )
    progress.schedule("a1_neuron", "add-up", 100.0)


def test_what_was_done_is_there_after_a_restart(tmp_path):
    file = tmp_path / "p.db"
    progress = Progress(file, clock=lambda: 5.0)
    fill(progress)
    progress.finish("a1_neuron")
    progress.close()
    again = Progress(file)
    assert [(a.text, a.ok, a.misconception, a.hints) for a in again.answers("a1_neuron")] == [
        ("0.0", False, "no-bias", 0),
        ("0.1", False, "", 1),
        ("0.2", True, "", 2),
    ]
    row = again.lessons()["a1_neuron"]
    assert (row.at_step, row.passed, row.seconds, row.finished) == ("add-up", 1, 12.5, 5.0)
    assert again.steps("a1_neuron")["add-up"]["draft"] == "ü"
    assert [r.step for r in again.due(100.0)] == ["add-up"]
    assert again.due(99.0) == []
    assert again.warning == ""


def test_the_file_is_in_the_learners_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path))
    fill(Progress())
    assert (tmp_path / "data" / "progress.db").is_file()


def test_learners_do_not_see_each_other(tmp_path):
    one, two = Progress(tmp_path / "p.db", "ann"), Progress(tmp_path / "p.db", "bo")
    fill(one)
    assert two.answers() == []
    assert two.lessons() == {}


def test_sqlalchemy_is_loaded_only_when_a_store_is_opened():
    source = (
        "import sys, nnlab.store, nnlab.lesson; sys.exit(bool({'sqlalchemy', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", source], check=False).returncode == 0


def test_the_disk_has_it_before_the_call_returns(tmp_path):
    progress = Progress(tmp_path / "p.db")
    fill(progress)
    other = sqlite3.connect(tmp_path / "p.db")
    assert other.execute("select count(*) from answer").fetchone() == (3,)
    assert other.execute("pragma journal_mode").fetchone() == ("wal",)


def test_two_programs_on_one_file_lose_nothing(tmp_path):
    source = (
        "import sys; from nnlab.store import Progress\n"
        "p = Progress(sys.argv[1])\n"
        "for n in range(40):\n"
        "    p.answer('a1', 's', f'{sys.argv[2]}{n}', True); p.save_step('a1', 's', {'status': 'open'})\n"
        "sys.exit(bool(p.warning))"
    )
    file = str(tmp_path / "p.db")
    both = [subprocess.Popen([sys.executable, "-c", source, file, who]) for who in "xy"]
    assert [process.wait() for process in both] == [0, 0]
    assert len({a.text for a in Progress(file).answers()}) == 80


def test_two_threads_share_one_progress(tmp_path):
    progress = Progress(tmp_path / "p.db")
    threads = [threading.Thread(target=fill, args=(progress, 20)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(progress.answers()) == 40


def test_a_damaged_file_is_put_aside_and_told(tmp_path):
    file = tmp_path / "p.db"
    file.write_bytes(b"this is no database at all" * 100)
    progress = Progress(file)
    assert "damaged" in progress.warning
    fill(progress)
    assert len(Progress(file).answers()) == 3
    assert [p.read_bytes()[:4] for p in tmp_path.glob("p.damaged-*.db")] == [b"this"]


def test_a_file_torn_in_the_middle_is_put_aside(tmp_path):
    file = tmp_path / "p.db"
    progress = Progress(file)
    fill(progress, 200)
    progress.close()
    whole = bytearray(file.read_bytes())
    whole[4096:12288] = b"\xff" * 8192
    file.write_bytes(whole)
    again = Progress(file)
    assert "damaged" in again.warning
    fill(again)
    assert len(again.answers()) == 3


def test_a_file_of_another_version_is_left_alone(tmp_path):
    file = tmp_path / "p.db"
    Progress(file).close()
    with sqlite3.connect(file) as connection:
        connection.execute("update meta set value = '99'")
    progress = Progress(file)
    assert "another version" in progress.warning
    fill(progress)
    assert sqlite3.connect(file).execute("select count(*) from answer").fetchone() == (0,)


def test_a_full_disk_is_one_sentence_and_nothing_is_lost(tmp_path):
    progress = Progress(tmp_path / "p.db")
    fill(progress)
    limit_pages(progress, 1)
    progress.answer("a1_neuron", "add-up", "x" * 500_000, True)
    assert "full" in progress.warning
    assert progress.warning.count(".") <= 3
    assert len(progress.answers()) == 4
    assert progress.lessons()["a1_neuron"].passed == 1
    progress.close()  # the disk has room again: what was kept in memory is written
    assert len(Progress(tmp_path / "p.db").answers()) == 4


def limit_pages(progress, pages):
    """Let SQLite believe that the disk is full."""
    from sqlalchemy import event

    @event.listens_for(progress._database.engine, "begin")
    def limit(connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


@pytest.mark.skipif(os.name == "nt" or os.getuid() == 0, reason="root may write everywhere")
def test_a_read_only_home_is_one_sentence(tmp_path):
    file = tmp_path / "home" / "p.db"
    before = Progress(file)
    fill(before)
    before.close()
    file.parent.chmod(0o500)
    file.chmod(0o400)
    try:
        check_memory_only(Progress(file))
    finally:
        file.parent.chmod(0o700)


def check_memory_only(progress):
    assert "cannot be written" in progress.warning
    assert len(progress.answers()) == 3
    progress.answer("a1_neuron", "add-up", "1", True)
    assert len(progress.answers()) == 4


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    progress = Progress(tmp_path / "file" / "sub" / "p.db")
    assert "cannot be" in progress.warning
    fill(progress)
    assert len(progress.answers()) == 3
    assert progress.in_memory


def test_what_can_only_be_read_is_shown_from_memory(tmp_path, monkeypatch):
    file = tmp_path / "p.db"
    before = Progress(file)
    fill(before)
    before.close()

    from nnlab.store import database

    def refuse(self):
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(
        database.Database,
        "_create",
        lambda self: refuse(self) if self.path else database.schema.metadata.create_all(self.engine),
    )
    check_memory_only(Progress(file))


def test_what_can_only_be_read_is_shown_from_memory_also_from_the_first_version(tmp_path, monkeypatch):
    file = tmp_path / "p.db"
    before = Progress(file)
    fill(before)
    before.schedule("a1_neuron", "add-up", 100.0, 2)
    before.close()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("alter table recall drop column card")
        connection.execute("update meta set value = '1'")

    from nnlab.store import database

    create = database.Database._create

    def refuse(self):
        if self.path:
            raise sqlite3.OperationalError("attempt to write a readonly database")
        create(self)

    monkeypatch.setattr(database.Database, "_create", refuse)
    progress = Progress(file)
    assert progress.recall("a1_neuron", "add-up") == RecallRow("a1_neuron", "add-up", 100.0, 2, "")
    check_memory_only(progress)
    assert sqlite3.connect(file).execute("select value from meta").fetchone() == ("1",)


def test_progress_travels_as_one_file_and_merging_doubles_nothing(tmp_path):
    here, there = Progress(tmp_path / "a.db"), Progress(tmp_path / "b.db")
    fill(here)
    there.answer("a1_neuron", "add-up", "from there", True)
    there.save_step("a1_neuron", "add-up", {"status": "open", "draft": "newer"})
    here.export(tmp_path / "p.json")
    for _time in range(2):
        there.import_(tmp_path / "p.json")
    assert len(there.answers()) == 4
    assert there.steps("a1_neuron")["add-up"]["draft"] == "newer"
    assert [r.step for r in there.due(1e12)] == ["add-up"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "not json",
        '{"format": "nnlab progress", "version": 9}',
        '{"format": "nnlab progress", "version": 1}',
    ],
)
def test_a_file_that_is_no_progress_is_refused(tmp_path, text):
    (tmp_path / "p.json").write_text(text)
    progress = Progress(":memory:")
    with pytest.raises(NnlabError, match=r"p\.json"):
        progress.import_(tmp_path / "p.json")
    assert progress.answers() == []


def test_an_export_replaces_only_an_export(tmp_path) -> None:
    progress = Progress(tmp_path / "progress.db")
    kept, mine = tmp_path / "kept.json", tmp_path / "mine.json"
    mine.write_text('{"a": 1}')
    progress.export(kept)
    progress.export(kept)
    with pytest.raises(NnlabError, match="is something else"):
        progress.export(mine)
    assert mine.read_text() == '{"a": 1}'
    progress.close()


def test_a_file_of_the_first_version_is_brought_up_and_keeps_everything(tmp_path):
    file = tmp_path / "p.db"
    progress = Progress(file)
    fill(progress)
    progress.schedule("a1_neuron", "add-up", 100.0, 2)
    progress.close()
    with sqlite3.connect(file) as connection:
        connection.execute("alter table recall drop column card")
        connection.execute("update meta set value = '1'")
    again = Progress(file)
    assert again.warning == ""
    assert len(again.answers()) == 3
    assert again.recall("a1_neuron", "add-up") == RecallRow("a1_neuron", "add-up", 100.0, 2, "")
    assert sqlite3.connect(file).execute("select value from meta").fetchone() == ("2",)


def test_progress_that_the_first_version_exported_can_be_merged(tmp_path):
    progress = Progress(":memory:")
    fill(progress)
    progress.schedule("a1_neuron", "add-up", 100.0, 2)
    progress.export(tmp_path / "old.json")
    text = (tmp_path / "old.json").read_text().replace('"version": 2', '"version": 1')
    (tmp_path / "old.json").write_text(text.replace('"card": "",', "").replace(',\n   "card": ""', ""))
    fresh = Progress(":memory:")
    fresh.import_(tmp_path / "old.json")
    assert fresh.recall("a1_neuron", "add-up").rung == 2
