"""What is loaded when: the business without any technology, the first screen without any heavy library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

BLOCK = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {names}:
            raise ImportError(name)
sys.meta_path.insert(0, Absent())
"""


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_business_needs_no_screen_no_store_and_no_printer() -> None:
    names = {"textual", "rich", "tinydb", "sqlalchemy", "asyncssh", "fpdf", "argon2", "sortedcontainers"}
    modules = [f"billing.{file.stem}" for file in sorted((ROOT / "billing").glob("*.py")) if file.stem != "__init__"]
    run(BLOCK.format(names=names) + "".join(f"import {module}\n" for module in modules))


def test_the_first_screen_is_painted_without_heavy_libraries() -> None:
    program = (
        "import sys, tui.cli, tui.visit, tui.app, tui.wiring, tui.look, billing.language\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    loaded = set(run(program).split())
    assert "textual" in loaded
    heavy = {"fpdf", "PIL", "fontTools", "argon2", "tinydb", "babel", "sortedcontainers", "msgspec", "email", "zipfile"}
    assert not loaded & heavy


def test_the_rooms_are_ours() -> None:
    rooms = "billing, gateways, screens, storage, tui"
    program = f"import {rooms}\nfor room in ({rooms}): print(room.__file__)"
    assert all(Path(line).is_relative_to(ROOT) for line in run(program).split())
