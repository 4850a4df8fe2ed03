"""Calling an SSH key something else."""

from __future__ import annotations

from collections.abc import Iterator

from textual.widget import Widget

from billing.access_keys import AccessKey, rename_key
from billing.errors import N_
from billing.public_key import LONGEST_NAME
from screens.form import Form


class KeyName(Form[None]):
    """F2 saves."""

    TOPIC = "access_keys"
    AUTO_FOCUS = "#name"

    def __init__(self, key: AccessKey) -> None:
        super().__init__()
        self.key = key

    def heading(self) -> tuple[str, str]:
        """Which key."""
        return self.say(N_("Rename a key")), self.key.name

    def fields(self) -> Iterator[Widget]:
        """Its name."""
        yield self.said(self.key.fingerprint)
        yield self.line("name", N_("Name"), self.key.name, most=LONGEST_NAME)

    async def save(self) -> None:
        """Save the name."""
        if (desk := self.session.desk) is not None:
            await self.ask(rename_key, desk, self.key.fingerprint, self.typed("name"))
            self.dismiss()
