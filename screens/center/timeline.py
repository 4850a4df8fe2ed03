"""Renewals as a timeline: invoices, payments, attempts that failed, credits, changes, and what waits and why."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from billing.audit import AuditEvent
from billing.charges import Charge, ChargeState
from billing.errors import N_
from billing.history import subscriptions
from billing.holds import HOLD_WORDS, HeldInvoice
from billing.invoices import Invoice, InvoiceType
from billing.money import Money
from billing.payments import Payment
from billing.record import Id
from billing.timeline import Happening, timeline
from screens.center.document_rows import state
from screens.center.payment_words import charge_word, decline_word
from screens.center.subject import open_document
from screens.counter_screen import CounterScreen
from tui.text import content
from tui.widgets.held_list import HeldList
from tui.widgets.notice import Notice
from tui.widgets.switch import Switch
from tui.widgets.window_list import Column, Row, Tone

NEWEST = 300


class TimelineScreen(CounterScreen[None]):
    """Newest first. The box below tells the one under the pointer in full; Enter opens its document."""

    TOPIC = "timeline"
    AUTO_FOCUS = "#happenings"
    BINDINGS = [
        Binding("enter", "none", N_("Open")),
        Binding("left", "step(-1)", N_("Plan"), key_display="left,right"),
        Binding("right", "step(1)", show=False),
    ]
    DEFAULT_CSS = """
    TimelineScreen #of-plan { margin: 1 0; }
    TimelineScreen #happenings { height: 1fr; }
    TimelineScreen #about { height: 5; padding: 0 1; border: $v-border $v-line; border-title-color: $v-muted; }
    """

    def __init__(self, subscription_id: Id = "") -> None:
        super().__init__()
        self.subscription_id = subscription_id
        self._numbers: dict[Id, str] = {}

    def command(self) -> tuple[str, ...]:
        """See `CounterScreen.command`."""
        return ("timeline", *(("--subscription", self.subscription_id) if self.subscription_id else ()))

    def heading(self) -> tuple[str, str]:
        """Whose story."""
        desk = self.session.desk
        return self.say(N_("Timeline")), desk.account.name if desk else ""

    def body(self) -> ComposeResult:
        """Which plan, the list, and one of it in full."""
        glyphs, say = self.session.look.glyphs, self.say
        plan, every = say(N_("Plan")), [("", say(N_("All")))]
        yield Switch(f"   {plan}", every, arrows=glyphs.less + glyphs.more, most=40, id="of-plan")
        columns = (
            Column(say(N_("Day")), 11),
            Column(say(N_("What")), 12),
            Column(say(N_("About"))),
            Column(say(N_("Amount")), 13, "right"),
        )
        happenings = HeldList[Happening](columns, pointer=glyphs.pointer, ellipsis=glyphs.ellipsis, id="happenings")
        happenings.empty = say(N_("Nothing has happened yet."))
        yield happenings
        yield Static("", id="about")

    def fill(self) -> None:
        """Read the plans, then what happened."""
        self.attempt(self._read)

    async def _read(self) -> None:
        if (desk := self.session.desk) is None:
            return
        owned = await self.ask(subscriptions, desk)
        plans = [("", self.say(N_("All"))), *((s.id, s.plan_name) for s in owned)]
        self.query_one("#of-plan", Switch).set_values(plans, self.subscription_id)
        await self._read_happenings()

    async def _read_happenings(self) -> None:
        if (desk := self.session.desk) is None:
            return
        found = await self.ask(partial(timeline, desk, subscription_id=self.subscription_id, limit=NEWEST))
        self._numbers = {h.of.id: h.of.number for h in found if isinstance(h.of, Invoice)}
        self.query_one("#happenings", HeldList).show([self._row(h) for h in found])

    def on_switch_changed(self, event: Switch.Changed) -> None:
        """Another plan's story."""
        self.subscription_id = event.switch.value
        self.query_one("#happenings", HeldList).cursor = 0
        self.attempt(self._read_happenings)

    def action_step(self, step: int) -> None:
        """The next plan."""
        self.query_one("#of-plan", Switch).action_step(step)

    def _row(self, happening: Happening) -> Row[Happening]:
        what, about, amount, tone = self._told(happening)
        cells = (self.language.date(happening.on), what, about, self.language.money(amount) if amount else "")
        return Row(happening, cells, tone)

    def _told(self, happening: Happening) -> tuple[str, str, Money | None, Tone]:
        """A happening in words: what, about what, how much; and its tone, which the words tell too."""
        say, desk = self.say, self.session.desk
        assert desk is not None  # noqa: S101
        match happening.of:
            case Invoice(type=InvoiceType.CREDIT_NOTE) as note:
                about = say(N_("{number} for {corrects}"), number=note.number, corrects=note.corrects_number)
                return say(N_("Credit note")), about, note.money(note.gross), "muted"
            case Invoice() as invoice:
                word, tone = state(invoice, desk.today, self.language)
                return say(N_("Invoice")), f"{invoice.number}: {word.lower()}", invoice.money(invoice.gross), tone
            case Payment() as payment:
                what = say(N_("Payment")) if payment.amount >= 0 else say(N_("Refund"))
                amount = Money(payment.amount, desk.account.currency)
                return what, f"{payment.method} {self._numbers.get(payment.invoice_id, '')}".strip(), amount, "good"
            case Charge() as charge:
                word, tone = charge_word(charge.state, self.language)
                sign = "! " if tone == "bad" else ""
                return f"{sign}{word}", self._tried(charge), Money(charge.amount, charge.currency), tone
            case HeldInvoice() as held:
                amount = Money(held.net, desk.account.currency)
                return say(N_("! Held")), say(HOLD_WORDS[held.reason]), amount, "warn"
            case AuditEvent() as event:
                return say(N_("Change")), say(event.message, **event.values), None, ""

    def _tried(self, charge: Charge) -> str:
        if charge.state is ChargeState.FAILED:
            return f"{charge.method_label}: {decline_word(charge.code, self.language)}"
        return charge.method_label

    def on_held_list_pointed(self) -> None:
        """The one under the pointer in full."""
        row, about = self.query_one("#happenings", HeldList).current, self.query_one("#about", Static)
        about.border_title = content(f"{row.cells[0]}: {row.cells[1]}" if row else "")
        about.update(content(f"{row.cells[2]}\n{row.cells[3]}" if row else ""))

    def on_window_list_taken(self, event: HeldList.Taken) -> None:
        """Open its document."""
        self.query_one(Notice).clear()
        self.attempt(partial(self._open, event.row.item), group="open")

    async def _open(self, happening: Happening) -> None:
        if (desk := self.session.desk) is not None:
            await open_document(self, desk, _document(happening))


def _document(happening: Happening) -> Id:
    """The id of the document it is about, as far as it is about one."""
    match happening.of:
        case Invoice() as invoice:
            return invoice.id
        case Payment() as payment:
            return payment.invoice_id
        case Charge() as charge:
            return charge.shares[0].invoice_id if charge.shares else ""
        case AuditEvent() as event:
            return event.subject_id
        case HeldInvoice():
            return ""
