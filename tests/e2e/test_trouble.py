"""Bad weather: full and read-only disks, files that are not what they should be, two copies at once."""

from __future__ import annotations

import os
import resource
import subprocess
from pathlib import Path

import pytest

from nnlab.session import Session
from nnlab.store import Progress


def lab(home: Path) -> Path:
    return home / "nnlab" / "data" / "sessions" / "lab-1.nnl"


def a_kept_bench(home: Path) -> Path:
    path = lab(home)
    session = Session(path)
    for line in ("data moons n=60", "net dense 3 tanh | dense 1", "run 3 steps"):
        session.execute(line)
    session.close()
    return path


def test_of_two_copies_on_one_session_the_second_says_so_and_goes_on(start, home):
    path = a_kept_bench(home)
    first = start("--session", str(path))
    first.until("moons n=60", "dense 3 tanh | dense 1")
    second = start("--session", str(path))
    second.until("open in another nnlab")
    second.quiet()
    second.act("data circles n=40", "circles n=40", "1 stage")
    second.act("net dense 2 | dense 1", "dense 2 | dense 1")
    first.act("lr 0.5", "lr 0.5")
    for app in (first, second):
        app.keys("Q")
        assert app.ended() == 0
    assert Session.resume(path).history[-1] == "lr 0.5"


def test_two_copies_share_the_progress_file(start, home):
    copies = []
    for _copy in range(2):
        app = start()
        app.at_home()
        app.keys("enter")
        app.until("A sum with weights", "/10")
        copies.append(app)
    for n, app in enumerate(copies):
        app.keys("n")
        app.until("What is z?", "2/10")
        app.quiet()
        app.keys(str(n + 1), "enter")
        app.until("it is")
        app.keys("Q")
        assert app.ended() == 0
    progress = Progress(home / "nnlab" / "data" / "progress.db")
    assert [answer.text for answer in progress.answers("a1_neuron", "add-up")] == ["1", "2"]
    progress.close()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 400 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)], capture_output=True
    )
    if made.returncode:
        pytest.skip("needs the right to mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def fill(folder: Path) -> None:
    with (folder / "ballast").open("wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def full_disk_journey(app):
    """Actions and answers on a disk that takes nothing: one sentence each, and everything still works."""
    points = " ".join(f"{n / 100},{n % 7}:{'ab'[n % 2]}" for n in range(500))  # more than the last page takes
    app.keys(":")
    app.wait(lambda: app.line_open, "for the action line")
    app.keys(f"\x1b[200~data points {points}\x1b[201~")
    app.until("4.99,2:b")
    app.keys("enter")
    app.until("memory only", "save FILE")
    app.keys("space")
    app.until("step 1")
    app.act("run 2 epochs", "epoch 2")
    app.keys("q")
    app.at_home()
    app.quiet()  # what can be continued stands above the lessons once the sessions are read
    app.keys("home", "down", "down", "enter") if app.shows("Continue") else app.keys("enter")
    app.until("A sum with weights", "/10")
    app.keys("n")
    app.until("What is z?", "2/10")
    app.quiet()
    app.keys("1", "enter")
    app.until("it is")
    app.keys("Q")
    assert app.ended() == 0
    assert app.restored() == []


def test_a_disk_that_fills_up(start, small_disk):
    app = start(home=small_disk)
    app.at_home()
    app.act("data moons n=60", "moons n=60", "1 stage")
    app.act("net dense 3 tanh | dense 1", "dense2")
    fill(small_disk)
    full_disk_journey(app)
    kept = (small_disk / "nnlab/data/sessions/lab-1.nnl").read_text()
    assert "net dense 3 tanh | dense 1\n" in kept


def test_files_that_may_not_grow(start, home):
    """A full disk for those who may not mount one: no file may be longer than 3,000 bytes."""

    def limit() -> None:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    app = start(before=limit)
    app.at_home()
    app.keys("enter")
    app.until("A sum with weights", "/10")
    app.keys("n")
    app.until("What is z?", "2/10")
    app.quiet()
    app.keys("1", "enter")
    app.until("it is")
    app.keys("Q")
    assert app.ended() == 0


def test_a_home_that_cannot_be_written(start, tmp_path):
    home = tmp_path / "nowhere"
    home.mkdir()
    (home / "nnlab").write_text("a file where a folder should be")  # root may write everywhere: not here
    app = start(home=home)
    app.until("Settings", "A8")
    app.until("cannot be")
    app.act("data moons n=60", "moons n=60", "1 stage")
    app.act("net dense 3 tanh | dense 1", "dense2")
    app.keys("space")
    app.until("step 1")
    app.keys("t")
    app.until("cannot be")
    app.keys("Q")
    assert app.ended() == 0


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_home(start, home):
    home.chmod(0o500)
    app = start()
    app.until("Settings", "A8")
    app.act("data moons n=60", "moons n=60", "1 stage")
    app.keys("Q")
    assert app.ended() == 0


GARBAGE = bytes(range(256)) * 40


def test_garbage_where_files_should_be(start, home):
    path = a_kept_bench(home)
    folder = home / "nnlab"
    (folder / "config").mkdir()
    (folder / "config" / "settings.json").write_bytes(GARBAGE)
    (folder / "data" / "progress.db").write_bytes(GARBAGE)
    path.with_name("lab-1.nnl.keyframe").write_bytes(GARBAGE)
    (folder / "data" / "sessions" / "lab-2.nnl").write_bytes(GARBAGE)
    app = start()
    app.at_home()
    app.until("progress")  # that it was set aside
    app.keys("q")
    assert app.ended() == 0
    again = start("--session", str(path))
    again.until("moons n=60", "dense 3 tanh | dense 1", "step 3")
    again.keys("Q")
    assert again.ended() == 0
    other = start("--session", str(folder / "data" / "sessions" / "lab-2.nnl"))
    other.until("is not a session file")
    other.quiet()
    other.act("data circles n=40", "circles n=40", "1 stage")
    other.keys("Q")
    assert other.ended() == 0
    assert (folder / "data" / "sessions" / "lab-2.nnl").read_bytes() == GARBAGE
