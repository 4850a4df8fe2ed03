"""A preview and a receipt as lines to read: before beside after, what is invoiced, what follows, a year's cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from billing.changes import AddPlan, Cancel, KeepOn, UndoPending
from billing.errors import N_
from billing.invoices import Line
from billing.language import Language
from billing.money import Money
from billing.plan_changes import Preview, Receipt
from billing.renewals import take_effect
from billing.subscriptions import Subscription
from screens.center.terms import FREQUENCY_WORDS, charge, days, discount, last_day, minimum, outlook, outlook_lines, tax
from tui.look import Glyphs
from tui.text import fit, wrap
from tui.widgets.bars import drawn

Lines = list[tuple[str, str]]

AMOUNT = 15
"""Cells of a column of amounts."""

BAR_ROWS = 2


def due(found: Preview, language: Language, payment_days: int) -> list[str]:
    """The two lines that always show: what is to be paid today, and from when it holds."""
    say, money = language.say, language.money
    if found.due_today:
        first = say(N_("To pay now: {amount}, with tax"), amount=money(found.due_today))
        if payment_days:
            within = language.count("within {number} day", "within {number} days", payment_days)
            first = f"{first} ({within})"
    elif found.lines:
        first = say(N_("Nothing to pay now: your credit covers it."))
    else:
        first = say(N_("Nothing to pay now."))
    return [first, _when(found, language)]


def _when(found: Preview, language: Language) -> str:
    say, after = language.say, found.after
    match found.wish:
        case AddPlan() if after.in_trial(found.day):
            return say(N_("Free trial until {day}; then the first invoice."), day=language.date(last_day(after.start)))
        case Cancel():
            return say(
                N_("It runs until {day}, then ends; until then you can take this back."),
                day=language.date(last_day(found.effective)),
            )
        case KeepOn():
            return say(N_("It goes on as before, without a gap."))
        case UndoPending():
            return say(N_("What you have now stays."))
    if found.at_once:
        return say(N_("Takes effect today."))
    return say(
        N_("Takes effect on {day}; until then you can take this back."),
        day=language.date(found.effective),
    )


DONE_WORDS: dict[type, str] = {
    AddPlan: N_("The plan was added."),
    Cancel: N_("The plan was cancelled."),
    KeepOn: N_("The cancellation was taken back."),
    UndoPending: N_("The waiting change was taken back."),
}


def done_words(found: Preview, language: Language) -> str:
    """What was done, in a sentence."""
    other = N_("The plan was changed.") if found.at_once else N_("The change is noted.")
    return language.say(DONE_WORDS.get(type(found.wish), other))


def done(found: Preview, receipt: Receipt, language: Language) -> Lines:
    """What was done, and how things stand now."""
    say, invoice = language.say, receipt.invoice
    lines: Lines = []
    if invoice is not None:
        owed = (
            say(
                N_("{owed} is due on {day}"),
                owed=language.money(invoice.money(invoice.due)),
                day=language.date(invoice.due_on),
            )
            if invoice.due
            else say(N_("nothing to pay"))
        )
        lines += [
            (say(N_("Invoice {number} was issued: {owed}."), number=invoice.number, owed=owed), "strong"),
            ("", ""),
        ]
    lines.append((terms(receipt.subscription, language), ""))
    lines += [(line, "") for line in outlook_lines(receipt.subscription, found.day, language)]
    return lines


def terms(subscription: Subscription, language: Language) -> str:
    """What a subscription is, in a line."""
    return language.say(
        N_("{licences} x {plan}"), licences=language.number(subscription.quantity), plan=subscription.plan_name
    )


@dataclass(frozen=True, slots=True)
class Page:
    """What a preview is written with: the language, the signs and how many cells a line has."""

    language: Language
    glyphs: Glyphs
    room: int

    def lines(self, found: Preview) -> Lines:
        """The whole preview."""
        parts = (self._compared(found), self._invoiced(found), self._upcoming(found), self._year(found))
        lines: Lines = []
        for part in parts:
            lines += [("", ""), *part] if lines else part
        return lines

    def _title(self, text: str) -> Lines:
        return [(text, "muted")]

    def _pair(self, left: str, right: str, style: str = "") -> tuple[str, str]:
        return self._fit(left, self.room - AMOUNT - 1) + " " + fit(right, AMOUNT, "right"), style

    def _fit(self, text: str, width: int) -> str:
        return fit(text, width, ellipsis=self.glyphs.ellipsis)

    def _money(self, amount: int, found: Preview) -> str:
        return self.language.money(Money(amount, found.currency))

    def _compared(self, found: Preview) -> Lines:
        say, date_of = self.language.say, self.language.date
        before, after = found.before, found.after
        names = [say(N_("Now")), say(N_("From today")) if found.at_once else say(N_("Then"))]
        if isinstance(found.wish, Cancel | KeepOn | UndoPending):
            names[1] = say(N_("Then"))
        if before is not None and isinstance(found.wish, UndoPending) and before.pending is not None:
            names = [say(N_("Planned from {day}"), day=date_of(before.pending.on)), say(N_("Stays"))]
            before = take_effect(before, before.pending)
        elif after.pending is not None and not found.at_once:
            names[1] = say(N_("From {day}"), day=date_of(found.effective))
            after = take_effect(after, after.pending)
        new, old = self._facts(after, found), self._facts(before, found) if before is not None else None
        label = max(len(name) for name, _ in new) + 2
        room = (self.room - label - 4) // 2
        if old is None:
            return [(f"{name:<{label}}{self._fit(value, self.room - label)}", "") for name, value in new]
        heading = " " * label + self._fit(names[0], room) + "    " + self._fit(names[1], room)
        lines = self._title(heading)
        for (name, was), (_, becomes) in zip(old, new, strict=True):
            lines += self._row(name, was, becomes, label, room)
        return lines

    def _row(self, name: str, was: str, becomes: str, label: int, room: int) -> Iterator[tuple[str, str]]:
        """What stays is written once; what differs, side by side with a sign between."""
        if was == becomes:
            yield f"{name:<{label}}{self._fit(was, self.room - label)}", ""
            return
        sign = f"  {self.glyphs.more} "
        for left, right in zip_longest(wrap(was, room), wrap(becomes, room), fillvalue=""):
            yield f"{name:<{label}}{fit(left, room)}{sign}{fit(right, room)}", "strong"
            name, sign = "", "    "

    def _facts(self, subscription: Subscription, found: Preview) -> list[tuple[str, str]]:
        say, language = self.language.say, self.language
        facts = [
            (say(N_("Plan")), subscription.plan_name),
            (say(N_("Licences")), language.number(subscription.quantity)),
            (say(N_("Per licence")), self._money(subscription.unit_price, found)),
            (say(N_("Billed")), say(FREQUENCY_WORDS[subscription.frequency])),
            (say(N_("Before tax")), charge(subscription, found.day, found.currency, language)),
        ]
        if any(s is not None and s.discount_percent for s in (found.before, found.after)):
            facts.append((say(N_("Discount")), discount(subscription, found.day, language) or say(N_("none"))))
        if found.after.pending is None or found.at_once:
            facts.append((say(N_("Next")), outlook(subscription, found.day, language)[0]))
        return facts

    def _invoiced(self, found: Preview) -> Lines:
        say = self.language.say
        lines: Lines = []
        if found.lines:
            lines += self._title(say(N_("On today's invoice")))
            for line in found.lines:
                lines += self._line(line, found)
            lines.append(self._pair(say(N_("Before tax")), self._money(found.totals.net, found)))
            lines += [self._pair(tax(g, self.language), self._money(g.tax, found)) for g in found.totals.groups]
            if found.credit:
                lines.append(self._pair(say(N_("From the account's credit")), self._money(-found.credit, found)))
            lines.append(self._pair(say(N_("To pay now")), self._money(found.due_today.minor, found), "strong"))
        if found.plan_minimum is not None and found.plan_minimum > found.day:
            lines += [(text, "strong") for text in wrap(minimum(found.plan_minimum, self.language), self.room)]
        return lines or [(say(N_("Nothing is invoiced today.")), "")]

    def _line(self, line: Line, found: Preview) -> Lines:
        said = wrap(line.description, self.room - AMOUNT - 1)
        detail = []
        if line.start is not None and line.end is not None:
            detail.append(days(line.start, line.end, self.language))
        if line.quantity != 1:
            detail.append(f"{self.language.number(line.quantity)} x {self._money(line.unit_price, found)}")
        if line.discount:
            detail.append(
                self.language.say(N_("discount {amount}"), amount=self._money(-line.discount, found)),
            )
        return [
            self._pair(said[0], self._money(line.net, found)),
            *((text, "") for text in said[1:]),
            *([("  " + f" {self.glyphs.dot} ".join(detail), "muted")] if detail else []),
        ]

    def _upcoming(self, found: Preview) -> Lines:
        say = self.language.say
        if not found.upcoming:
            return [(say(N_("No more invoices for this plan.")), "")]
        lines = self._title(say(N_("Next invoices, with tax")))
        for expected in found.upcoming:
            period = fit(days(expected.on, expected.end, self.language), 29)
            lines.append(self._pair(f"{period} {expected.plan}", self._money(expected.gross, found)))
        return lines

    def _year(self, found: Preview) -> Lines:
        say = self.language.say
        lines = self._title(say(N_("Invoiced in twelve months, with tax")))
        highest = max(*found.months_before, *found.months_after)
        room = max(self.room // 12, 4)
        rows = [(say(N_("As it is now")), found.months_before)] if found.before is not None else []
        rows.append((say(N_("With this")), found.months_after))
        for name, months in rows:
            lines.append(self._pair(name, self._money(sum(months), found), "strong"))
            lines += [(bar, "") for bar in drawn(months, self.glyphs.bar, BAR_ROWS, room, highest)]
        words = (self.language.month(_month(found.day, number)) for number in range(12))
        lines.append(("".join(fit(word, room - 1) + " " for word in words), "muted"))
        if found.before is not None:
            more = sum(found.months_after) - sum(found.months_before)
            message = N_("{amount} more in twelve months") if more > 0 else N_("{amount} less in twelve months")
            if more:
                lines.append((say(message, amount=self._money(abs(more), found)), "strong"))
        return lines


def _month(day: date, number: int) -> date:
    months = day.month - 1 + number
    return date(day.year + months // 12, months % 12 + 1, 1)
