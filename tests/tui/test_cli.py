"""The command line: what it makes, what it refuses, and how it says so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tui.cli import main


def test_a_store_travels_through_a_file_and_comes_out_the_same(tmp_path: Path) -> None:
    first, second = f"tinydb:{tmp_path}/a/store.json", f"tinydb:{tmp_path}/b/store.json"
    assert main(["init", "--demo", "--store", first]) == 0
    assert main(["export", str(tmp_path / "one.json"), "--store", first]) == 0
    assert main(["init", "--from", str(tmp_path / "one.json"), "--store", second]) == 0
    assert main(["export", str(tmp_path / "two.json"), "--store", second]) == 0
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_a_bad_file_is_refused_whole_naming_record_field_and_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"tinydb:{tmp_path}/store.json"
    assert main(["init", "--store", url]) == 0
    assert main(["sample", "--accounts", "3", "--output", str(tmp_path / "good.json")]) == 0
    content = json.loads((tmp_path / "good.json").read_text())
    content["invoices"][1]["net"] += 1
    (tmp_path / "bad.json").write_text(json.dumps(content))
    capsys.readouterr()
    assert main(["import", str(tmp_path / "bad.json"), "--store", url, "--lang", "en"]) == 1
    said = capsys.readouterr().err
    assert content["invoices"][1]["id"] in said
    assert "net" in said
    assert "Nothing was changed" in said
    assert main(["import", str(tmp_path / "good.json"), "--store", url]) == 0
    assert main(["import", str(tmp_path / "good.json"), "--store", url, "--lang", "es"]) == 1
    assert "ya contiene datos" in capsys.readouterr().err


def test_sample_data_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        made = ["sample", "--accounts", "5", "--seed", seed, "--as-of", "2026-11-23", "--output", str(tmp_path / name)]
        assert main(made) == 0
    a, b, c = ((tmp_path / name).read_bytes() for name in "abc")
    assert a == b != c


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export", "x.json", "--store", "tinydb:/nowhere/store.json"], "There is no data at"),
        (["export", "x.json", "--store", "floppy:a"], "no kind of store called floppy"),
        (["import", "/nowhere/x.json", "--store", "tinydb:/nowhere/store.json"], "was not taken"),
        (["sample", "--accounts", "1", "--output", "/nowhere/x.json"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--lang", "en"]) == 1
    assert said in capsys.readouterr().err


def test_init_does_not_touch_what_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"tinydb:{tmp_path}/store.json"
    assert main(["init", "--store", url]) == 0
    assert main(["init", "--store", url, "--lang", "en"]) == 1
    assert "already data" in capsys.readouterr().err
    assert main(["init", "--if-missing", "--store", url]) == 0


def test_the_counter_needs_a_terminal() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui.cli", "demo", "--lang", "en"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "needs a terminal" in done.stderr
    assert "Traceback" not in done.stderr


def test_version_and_wrong_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("ventanilla 0.")
    assert main(["sample", "--accounts", "none"]) == 2
