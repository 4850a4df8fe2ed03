"""The table of permissions as a page for people: `python -m tests.billing.permission_page > docs/permissions.md`."""

from __future__ import annotations

import sys

from billing.accounts import Role
from billing.permissions import ALLOWED, Act

HEAD = """# Who may do what

One table, in `billing/permissions.py`; every use case asks it through the desk, and `tests/billing/test_permissions.py`
and `tests/billing/test_enterprise_permissions.py` try every cell. This page is written from it
(`python -m tests.billing.permission_page > docs/permissions.md`).

Each right holds on one's own accounts only: the record of another account is not found, whoever asks. A representative
has these rights at the accounts they look after, a lead at those of the whole team. Whoever is on a parent account is
the same on its branches, unless a branch says otherwise.

"""


def page() -> str:
    """The page."""
    heads = [role.value for role in Role]
    lines = [f"| | {' | '.join(heads)} |", f"| --- |{' :-: |' * len(heads)}"]
    for act in Act:
        name = act.name.lower().replace("_", " ")
        lines.append(f"| {name} | {' | '.join('x' if act in ALLOWED[role] else '' for role in Role)} |")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
