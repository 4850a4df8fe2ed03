"""Keeping a file: whole, private, under its own name, never over another, and a way out for each fault of the disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from billing.documents import DiskFull, FolderForbidden, FolderReadOnly, NoFolder, NotAFolder, SaveFailed
from billing.language import Language
from gateways.documents.save import file_name, save

ROOT = Path(__file__).parents[2]


def test_a_document_is_kept_under_its_number_for_its_owner_only(tmp_path: Path) -> None:
    path = Path(save(str(tmp_path), "F-2026-00042.pdf", b"%PDF"))
    assert path == tmp_path / "F-2026-00042.pdf"
    assert path.read_bytes() == b"%PDF"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["F-2026-00042.pdf"]


def test_a_second_copy_takes_the_next_free_name(tmp_path: Path) -> None:
    names = [Path(save(str(tmp_path), "F-1.pdf", bytes([n]))).name for n in range(3)]
    assert names == ["F-1.pdf", "F-1 (2).pdf", "F-1 (3).pdf"]
    assert [(tmp_path / name).read_bytes() for name in names] == [b"\0", b"\1", b"\2"]


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "F-1.pdf").symlink_to(tmp_path / "elsewhere")
    assert Path(save(str(tmp_path), "F-1.pdf", b"x")).name == "F-1 (2).pdf"
    assert not (tmp_path / "elsewhere").exists()


def test_a_disk_without_hard_links_keeps_files_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    names = [Path(save(str(tmp_path), "F-1.pdf", bytes([n]))).name for n in range(2)]
    assert names == ["F-1.pdf", "F-1 (2).pdf"]
    assert (tmp_path / "F-1 (2).pdf").read_bytes() == b"\1"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_tilde_is_the_persons_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "facturas").mkdir()
    assert save("~/facturas", "F-1.pdf", b"x") == str(tmp_path / "facturas" / "F-1.pdf")


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("F-2026-00042.pdf", "F-2026-00042.pdf"),
        ("../../etc/passwd.pdf", "etc-passwd.pdf"),
        ("/etc/cron.d/x.pdf", "etc-cron.d-x.pdf"),
        ("..\\..\\x.txt", "x.txt"),
        ("F 1\n.pdf", "F-1.pdf"),
        (".pdf", "document.pdf"),
        ("..", "document"),
        ("Fáctura/2026.pdf", "Fáctura-2026.pdf"),
        ("a\x00b\x1b[2J.pdf", "a-b--2J.pdf"),
    ],
)
def test_a_name_never_leaves_its_folder(number: str, name: str) -> None:
    assert file_name(number) == name


@example("0" * 99 + "*" + "0" * 40)
@given(st.text(max_size=400))
def test_any_name_becomes_one_plain_file_name(number: str) -> None:
    name = file_name(number)
    assert name
    assert not name.startswith(".")
    assert not set(name) & set('/\\\0\n:*?"<>|')
    assert len(name.encode()) <= 120
    assert file_name(name) == name


def test_a_missing_folder_is_named_and_the_person_told_to_choose_another(tmp_path: Path) -> None:
    with pytest.raises(NoFolder) as refused:
        save(str(tmp_path / "nowhere"), "F-1.pdf", b"x")
    assert f"{tmp_path}/nowhere does not exist" in Language("en").refusal(refused.value)
    assert f"{tmp_path}/nowhere no existe" in Language("es").refusal(refused.value)


def test_a_folder_name_no_disk_can_hold_is_a_missing_folder() -> None:
    with pytest.raises(NoFolder):
        save("a\0b", "F-1.pdf", b"x")
    with pytest.raises(SaveFailed):
        save("x" * 5000, "F-1.pdf", b"x")


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(NotAFolder):
            save(str(place), "F-1.pdf", b"x")


def elsewhere(program: str) -> str:
    """What a program prints that runs as nobody in a process of its own."""
    lines = ["import os, resource, signal, sys", "from gateways.documents.save import save", program]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return done.stdout.strip()


ATTEMPT = (
    "try: print(save({folder!r}, 'F-1.pdf', b'x' * {size}))\nexcept Exception as refusal: print(type(refusal).__name__)"
)


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    become = "os.setuid(65534)" if os.getuid() == 0 else "pass"
    for parent in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        if parent.stat().st_uid == os.getuid() and parent != Path("/tmp"):
            parent.chmod(0o755)
    assert elsewhere(become + "\n" + ATTEMPT.format(folder=str(locked), size=1)) == FolderForbidden.__name__
    assert list(locked.iterdir()) == []


def test_a_read_only_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: object) -> int:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "open", read_only)
    with pytest.raises(FolderReadOnly):
        save(str(tmp_path), "F-1.pdf", b"x")


def test_a_full_disk_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    assert elsewhere(limit + ATTEMPT.format(folder=str(tmp_path), size=5000)) == DiskFull.__name__
    assert list(tmp_path.iterdir()) == []
