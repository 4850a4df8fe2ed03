"""A screen that is typed into: what was typed when the visit was cut short is kept, and offered the next time."""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding
from textual.screen import ScreenResultType
from textual.widgets import Input

from billing.errors import N_
from screens.counter_screen import CounterScreen
from tui.widgets.switch import Switch

KEPT = N_("Your visit was cut short here on {day}. F4 brings back what you had typed.")
BACK = N_("What you had typed is back. It is not saved yet.")


class Drafting(CounterScreen[ScreenResultType]):
    """F4 brings back what was typed when the last visit was cut short, where there is something."""

    BINDINGS = [Binding("f4", "take_up", N_("Bring back"))]

    _cut_short: Mapping[str, str] = {}

    def draft_name(self) -> str:
        """Which form this is, and what it is about; empty where nothing is to be kept, as of passwords."""
        return ""

    @property
    def touched(self) -> bool:
        """Whether anything was typed that is not saved."""
        return False

    def unsaved(self) -> Mapping[str, str]:
        """What would be lost if the visit ended now, by field."""
        if not self.touched:
            return self._cut_short
        fields = (*self.query(Input), *self.query(Switch))
        return {field.id: field.value for field in fields if field.id}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing to bring back: no key for it."""
        if action == "take_up":
            return bool(self._cut_short)
        return super().check_action(action, parameters)

    def on_mount(self) -> None:
        """See whether something was kept, once the screen is there."""
        if self.draft_name():
            self.call_after_refresh(self.attempt, self._ask_for_draft, "draft")

    async def _ask_for_draft(self) -> None:
        from billing.drafts import take_draft

        if (desk := self.session.desk) is not None and (draft := await self.ask(take_draft, desk, self.draft_name())):
            self._cut_short = draft.values
            self.answer(KEPT, day=self.language.date(draft.kept_at.date()))
            self.tell_keys()

    def action_take_up(self) -> None:
        """Put it into the fields."""
        self.attempt(self._take_up, group="draft")

    async def _take_up(self) -> None:
        kept, self._cut_short = self._cut_short, {}
        await self.bring_back(kept)
        self.answer(BACK)
        self.tell_keys()

    async def bring_back(self, typed: Mapping[str, str]) -> None:
        """Put values into the fields that are there."""
        for field in self.query(Input):
            field.value = typed.get(field.id or "", field.value)
        for choice in self.query(Switch):
            choice.choose(typed.get(choice.id or "", choice.value))
