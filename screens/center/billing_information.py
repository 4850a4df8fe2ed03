"""The billing information: one field below the other. What was typed stays until it is saved or given up twice."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from billing.accounts import Account
from billing.billing_fields import (
    FIELD_WORDS,
    LONGEST,
    MOST_COPIES,
    MOST_LINES,
    BillingInformation,
    matching_countries,
)
from billing.billing_information import preview_billing_information, read_billing_information
from billing.errors import N_, Refusal
from billing.language import NAMES
from billing.permissions import Act
from billing.sign_in import LONGEST_USER_ID
from screens.draft import Drafting
from tui.text import content, safe
from tui.widgets.notice import Notice
from tui.widgets.switch import Switch

_LINES = tuple(f"line_{number}" for number in range(1, MOST_LINES + 1))

_INPUTS = ("name", "tax_id", *_LINES, "postcode", "city", "region", "country", "email", "copies_to")
"""The typed fields, by their widgets' ids."""

_WORDS = {
    **FIELD_WORDS,
    "line_1": FIELD_WORDS["lines"],
    "line_2": N_("Address, second line"),
    "line_3": N_("Address, third line"),
    "copies_to": N_("Copies of invoices to, with commas between"),
}


class BillingInformationScreen(Drafting[None]):
    """Arrows and Enter go from field to field; F2 shows what would change, and there it is saved."""

    TOPIC = "billing_information"
    AUTO_FOCUS = "#name"
    BINDINGS = [
        Binding("f2", "review", N_("Review and save")),
        Binding("enter", "next", N_("Next")),
        # The scroll around the fields would take the arrows first.
        Binding("up", "field(-1)", N_("Fields"), key_display="up,down", priority=True),
        Binding("down", "field(1)", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    BillingInformationScreen #fields { padding: 0 2; height: 1fr; }
    BillingInformationScreen Switch { margin: 0 2 1 2; }
    BillingInformationScreen Input { border-subtitle-color: $v-good; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._saved: BillingInformation | None = None
        self._shown: dict[str, str] = {}
        """What each field showed when it was filled in: fields left alone keep what is saved."""
        self._language = ""
        self._leaving = False

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("billing-info", "show")

    def heading(self) -> tuple[str, str]:
        """Whose information."""
        desk = self.session.desk
        return self.say(N_("Billing information")), desk.account.name if desk else ""

    def draft_name(self) -> str:
        """See `Drafting`."""
        return "billing-information"

    @property
    def touched(self) -> bool:
        """Whether something is typed that is not saved."""
        return self._wanted() not in (None, self._saved)

    @property
    def _may(self) -> bool:
        return (desk := self.session.desk) is not None and desk.may(Act.CHANGE_BILLING_INFORMATION)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whoever may not change it only reads."""
        if action.partition("(")[0] in ("review", "next", "field"):
            return self._may
        return super().check_action(action, parameters)

    def body(self) -> ComposeResult:
        """The fields, and the language invoices are written in."""
        with VerticalScroll(id="fields", can_focus=not self._may):
            for name in _INPUTS:
                most = {"copies_to": (LONGEST_USER_ID + 2) * MOST_COPIES, "country": 60, "tax_id": 40}.get(name)
                most = most or LONGEST.get("lines" if name in _LINES else name, LONGEST_USER_ID)
                field = Input(id=name, max_length=most, select_on_focus=False, disabled=not self._may)
                field.border_title = content(self.say(_WORDS[name]))
                field.cursor_blink = False
                yield field
            arrows = self.session.look.glyphs.less + self.session.look.glyphs.more
            label = self.say(FIELD_WORDS["language"])
            language = Switch(label, tuple(NAMES.items()), value=self._language, arrows=arrows, id="language")
            language.disabled = not self._may
            yield language

    def fill(self) -> None:
        """Ask for what is saved, once: drawn anew, the screen keeps what was typed."""
        if self._saved is None:
            self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is not None:
            self._show(await self.ask(read_billing_information, desk))

    def _show(self, saved: BillingInformation) -> None:
        lines = (*saved.lines[: MOST_LINES - 1], ", ".join(saved.lines[MOST_LINES - 1 :]), *("",) * MOST_LINES)
        texts = {
            **{name: getattr(saved, name) for name in ("name", "tax_id", "postcode", "city", "region", "email")},
            **dict(zip(_LINES, lines, strict=False)),
            "country": self.language.country(saved.country),
            "copies_to": ", ".join(saved.copies_to),
        }
        first, self._saved = not self._shown, saved
        self._shown = {name: safe(text) for name, text in texts.items()}
        with self.prevent(Input.Changed):
            for name, text in self._shown.items():
                field = self.query_one(f"#{name}", Input)
                typed_ahead = field.value if first else ""
                field.value = text + typed_ahead
                if typed_ahead:
                    field.action_end()
        self._name_country(self.query_one("#country", Input))
        self._language = saved.language
        self.query_one(Switch).set_values(tuple(NAMES.items()), saved.language)

    def _wanted(self) -> BillingInformation | None:
        """What is typed; None until it is known what is saved."""
        saved = self._saved
        if saved is None:
            return None
        typed = {name: self.query_one(f"#{name}", Input).value for name in _INPUTS}
        touched = {name for name, text in typed.items() if text != self._shown[name]}
        fields: dict[str, Any] = {name: typed[name] for name in touched if name in FIELD_WORDS and name != "copies_to"}
        wanted = replace(saved, language=self.query_one(Switch).value, **fields)
        if touched & set(_LINES):
            wanted = replace(wanted, lines=tuple(typed[name] for name in _LINES if typed[name].strip()))
        if "copies_to" in touched:
            parts = typed["copies_to"].replace(";", ",").split(",")
            wanted = replace(wanted, copies_to=tuple(part for part in parts if part.strip()))
        return wanted

    def on_input_changed(self, event: Input.Changed) -> None:
        """Forget the last answer; say which country is meant."""
        self._leaving = False
        if event.input.has_focus:
            self.query_one(Notice).clear()
        if event.input.id == "country":
            self._name_country(event.input)

    def _name_country(self, field: Input) -> None:
        field.border_subtitle = content(self._country(field.value))

    def _country(self, typed: str) -> str:
        match matching_countries(typed):
            case (code,):
                return f"= {self.language.country(code)} ({code})"
            case ():
                return self.say(N_("no country")) if typed.strip() else ""
            case several:
                names = ", ".join(self.language.country(code) for code in several[:4])
                return f"{names}…" if len(several) > 4 else names

    def on_switch_changed(self, event: Switch.Changed) -> None:
        """Keep the language in mind, should the screen be drawn anew."""
        self._language = event.switch.value
        self._leaving = False

    def on_input_submitted(self) -> None:
        """Enter goes on to the next field."""
        self.action_next()

    def action_field(self, step: int) -> None:
        """To the field above or below."""
        if step > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_next(self) -> None:
        """To the next field; from the last one to what would change."""
        if isinstance(self.focused, Switch):
            self.action_review()
        else:
            self.focus_next()

    def action_review(self) -> None:
        """Show what would change."""
        self.query_one(Notice).clear()
        self.attempt(self._review, group="review")

    async def _review(self) -> None:
        from screens.center.billing_review import BillingReview

        desk, wanted = self.session.desk, self._wanted()
        if desk is None or wanted is None:
            return
        found = await self.ask(partial(preview_billing_information, desk, wanted))
        self.app.push_screen(BillingReview(found), self._done)

    def _done(self, account: Account | None) -> None:
        """Go on with the account as saved."""
        if account is not None and (desk := self.session.desk) is not None:
            self.session.desk = replace(desk, account=account)
            self._saved = None
            self.attempt(self._read)
            self.answer(N_("Saved. It is printed on the next invoice; those already issued stay as they are."))

    def refuse(self, refusal: Refusal) -> None:
        """Say why, and go to the field it is about."""
        super().refuse(refusal)
        name = getattr(refusal, "field", "")
        if found := self.query(f"#{'line_1' if name == 'lines' else name}" if name else "#none"):
            found.first(Widget).focus()

    def action_back(self) -> None:
        """Leave; what is typed and not saved is asked about first."""
        if self._leaving or not self.touched:
            super().action_back()
            return
        self._leaving = True
        words = N_("What you typed is not saved. F2 reviews and saves it; Esc once more leaves without saving.")
        self.query_one(Notice).tell(self.say(words), "bad")
