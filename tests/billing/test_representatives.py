"""What the vendor's people do at their desk: each on their own accounts, a lead on the team's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from billing.accounts import Account, Role
from billing.approval_rule import BelowNothing, set_threshold
from billing.audit import AuditEvent
from billing.credentials import Counter, Credential
from billing.desk import Desk
from billing.errors import NotAllowed, NotFound, Stale
from billing.holds import HeldInvoice
from billing.invoices import Invoice
from billing.issuing import TooMuchCredited
from billing.kinds import KINDS
from billing.outbox import OutboxMessage
from billing.quoting import NothingSaid, decline, offer_quote, request_quote
from billing.record import Record, changed
from billing.renewals import renew
from billing.representatives import Representative
from billing.sign_in import standings
from billing.store import Span
from billing.vendor_acts import (
    NoInvoice,
    change_terms,
    colleagues,
    credit_invoice,
    credited_before,
    looked_after_by,
    preview_credit,
    reassign,
)
from billing.verify import verify
from billing.waiting import Pressing, queue, waiting
from tests.billing.table import Table, role_desk

LATER = date(2027, 3, 10)


@pytest.fixture
def table() -> Table:
    """A table where each customer has one invoice."""
    made = Table()
    made.today = date(2026, 12, 1)
    renew(made.store, made.clock())
    return made


def everything(table: Table) -> list[tuple[Record, ...]]:
    with table.store.read() as books:
        return [books.every(kind) for kind in KINDS]


def invoice_of(table: Table, account_id: str = "corp") -> Invoice:
    with table.store.read() as books:
        return next(i for i in books.every(Invoice) if i.account_id == account_id)


def audit(table: Table, act: str) -> list[AuditEvent]:
    with table.store.read() as books:
        return [e for e in books.every(AuditEvent) if e.act == act]


def mailed(table: Table, template: str) -> set[str]:
    with table.store.read() as books:
        return {m.to for m in books.every(OutboxMessage) if m.template == template}


def test_what_is_credited_is_what_was_previewed_with_its_reason_and_the_customer_is_told(table: Table) -> None:
    rita, invoice = table.behind("rita"), invoice_of(table)
    seen = preview_credit(rita, invoice.id, 40)
    note = credit_invoice(rita, seen, "  Two licences were never used ")
    assert (-note.gross, note.reason, note.corrects) == (seen.amount.minor, "Two licences were never used", invoice.id)
    assert seen.amount.minor + seen.left.minor == invoice.gross
    assert "owner@corp.example" in mailed(table, "credit_note_issued")
    (event,) = audit(table, "credit_invoice")
    assert (event.person_id, event.door, event.subject_id) == ("rita", "desk", invoice.id)
    assert not list(verify(table.store))


def test_a_credit_note_is_issued_once(table: Table) -> None:
    rita, invoice = table.behind("rita"), invoice_of(table)
    seen = preview_credit(rita, invoice.id, 40)
    first = credit_invoice(rita, seen, "Half", "key")
    before = everything(table)
    assert credit_invoice(rita, seen, "Half", "key") == first == credited_before(rita, invoice.id, "key")
    with pytest.raises(Stale):
        credit_invoice(rita, seen, "Half", "another")
    with pytest.raises(TooMuchCredited):
        preview_credit(rita, invoice.id, 61)
    with pytest.raises(NoInvoice):
        preview_credit(rita, first.id, 1)
    with pytest.raises(NothingSaid):
        credit_invoice(rita, preview_credit(rita, invoice.id, 10), "  ")
    assert everything(table) == before


def test_a_key_of_one_invoice_says_nothing_of_another(table: Table) -> None:
    rita, first = table.behind("rita"), invoice_of(table)
    credit_invoice(rita, preview_credit(rita, first.id, 10), "A tenth", "key")
    table.today = date(2027, 3, 1)
    renew(table.store, table.clock())
    with table.store.read() as books:
        second = next(i for i in books.every(Invoice) if i.account_id == "corp" and i.gross > 0 and i.id != first.id)
    with pytest.raises(Stale):
        credit_invoice(rita, preview_credit(rita, second.id, 10), "A tenth", "key")


def test_terms_are_changed_field_by_field_and_told_and_nothing_is_said_where_nothing_changes(table: Table) -> None:
    rita = table.behind("rita")
    change_terms(rita, order_required=True, consolidated=False, contract=" CM-7 ")
    (event,) = audit(table, "change_terms")
    assert {(c.field, c.before, c.after) for c in event.changes} == {
        ("order_required", "False", "True"),
        ("contract", "", "CM-7"),
    }
    assert "owner@corp.example" in mailed(table, "terms_changed")
    before = everything(table)
    change_terms(rita, order_required=True, consolidated=False, contract="CM-7")
    assert everything(table) == before
    table.today = date(2027, 3, 1)
    renew(table.store, table.clock())
    with table.store.read() as books:
        (held,) = books.every(HeldInvoice)
    assert held.account_id == "corp"
    assert [w.subject for w in waiting(rita) if w.about.value == "held"] == [held.id]
    change_terms(rita, order_required=False, consolidated=False, contract="CM-7")
    renew(table.store, table.clock())
    with table.store.read() as books:
        assert not books.every(HeldInvoice), "what waited for an order goes out with the next run"


def test_an_account_given_away_is_gone_at_once_and_all_are_told(table: Table) -> None:
    open_desk, lena = table.behind("rita"), table.behind("lena")
    quote = offer_quote(open_desk, "Renewal", table.terms(10))
    assert {c.id for c in colleagues(lena)} == {"rita", "lena"}
    reassign(lena, "lena")
    assert looked_after_by(lena) == "Lena"
    with pytest.raises(NotAllowed):
        waiting(open_desk)
    assert queue([open_desk]) == (), "a day with one account fewer is still a day"
    assert mailed(table, "representative_changed") >= {"rita@vendor.example", "lena@vendor.example"}
    assert [(e.changes[0].before, e.changes[0].after) for e in audit(table, "reassign")] == [("Rita", "Lena")]
    with table.store.read() as books:
        assert books.get(type(quote), quote.id).state is quote.state, "its quotes stay as they were"
    assert not list(verify(table.store))


def test_nobody_outside_the_team_is_given_an_account(table: Table) -> None:
    before = everything(table)
    with pytest.raises(NotFound):
        reassign(table.behind("lena"), "otto")
    with pytest.raises(NotFound):
        reassign(table.behind("lena"), "owner")
    assert everything(table) == before


ACTS: dict[str, Callable[[Desk, Invoice], Any]] = {
    "look": lambda d, i: looked_after_by(d),
    "wait": lambda d, i: waiting(d),
    "preview": lambda d, i: preview_credit(d, i.id, 10),
    "key": lambda d, i: credited_before(d, i.id, "key"),
    "terms": lambda d, i: change_terms(d, order_required=True, consolidated=True, contract="x"),
    "team": lambda d, i: colleagues(d),
    "give": lambda d, i: reassign(d, "lena"),
}


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("person", ["rita", "lena"])
def test_nothing_is_done_or_seen_on_an_account_of_another_team(table: Table, name: str, person: str) -> None:
    with table.store.read() as books:
        theirs = books.get(Account, "elsewhere")
    before, forged = everything(table), replace(table.behind(person), account=theirs)
    for invoice in (invoice_of(table), invoice_of(table, "elsewhere")):
        with pytest.raises(NotAllowed):
            ACTS[name](forged, invoice)
    assert everything(table) == before


@pytest.mark.parametrize("person", ["rita", "lena"])
def test_the_ids_of_another_account_are_not_found_at_ones_own(table: Table, person: str) -> None:
    own, theirs = table.behind(person), invoice_of(table, "elsewhere")
    before = everything(table)
    agreed = replace(preview_credit(own, invoice_of(table).id, 10), invoice=theirs)
    for attempt in (lambda: preview_credit(own, theirs.id, 10), lambda: credit_invoice(own, agreed, "Mine now")):
        with pytest.raises(NotFound):
            attempt()
    assert everything(table) == before


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.REPRESENTATIVE, Role.LEAD)])
@pytest.mark.parametrize("name", ["preview", "key", "terms", "team", "give"])
def test_no_customer_does_what_is_the_vendors(table: Table, name: str, role: Role) -> None:
    before = everything(table)
    with pytest.raises(NotAllowed):
        ACTS[name](role_desk(table, role), invoice_of(table))
    assert everything(table) == before


def test_only_a_lead_hands_an_account_on(table: Table) -> None:
    for name in ("team", "give"):
        with pytest.raises(NotAllowed):
            ACTS[name](table.behind("rita"), invoice_of(table))


def test_a_representative_stands_at_their_accounts_and_a_lead_at_the_teams(table: Table) -> None:
    def accounts(person_id: str) -> set[str]:
        held = Credential(
            id=person_id, person_id=person_id, counter=Counter.DESK, user_id=person_id, password_hash="x"
        )  # fmt: skip
        return {s.account.id for s in standings(table.store, held).standings}

    assert [accounts(p) for p in ("rita", "lena", "otto", "owner")] == [{"corp"}, {"corp"}, {"elsewhere"}, set()]
    with table.store.write() as books:
        books.put(changed(books.get(Representative, "otto"), team="south"))
    assert accounts("lena") == {"corp", "elsewhere"}
    assert accounts("rita") == {"corp"}


def test_the_day_begins_with_what_is_most_pressing_and_oldest(table: Table) -> None:
    rita, owner = table.behind("rita"), table.at("owner")
    soon = offer_quote(rita, "Ends soon", table.terms(5, subscription_id="", valid=3))
    offer_quote(rita, "Has time", table.terms(5, subscription_id=""))
    refused = offer_quote(rita, "Not taken", table.terms(5, subscription_id=""))
    beyond = offer_quote(rita, "Bold", table.terms(40, subscription_id=""))
    decline(owner, refused.id, "Too dear")
    table.next_day()
    asked = request_quote(owner, "More", table.terms(0, subscription_id=""))
    mine, leads = queue([rita]), queue([table.behind("lena")])
    assert [(w.subject, w.pressing) for w in mine] == [
        (asked.id, Pressing.NOW),
        *sorted([(soon.id, Pressing.SOON), (beyond.id, Pressing.SOON)]),
        (refused.id, Pressing.WHEN_CONVENIENT),
    ]
    assert {w.subject for w in leads if w.pressing is Pressing.NOW} == {asked.id, beyond.id}, "it waits for the lead"
    table.next_day(20)
    assert refused.id not in {w.subject for w in queue([rita])}, "after two weeks nobody follows it up"
    table.today = LATER
    overdue = [w for w in queue([rita]) if w.subject == invoice_of(table).id]
    assert [w.values["number"] for w in overdue] == [invoice_of(table).number]


def test_a_queue_reads_each_account_through_its_own_desk(table: Table) -> None:
    table.today = LATER
    with table.store.read() as books:
        every = {a.id for a in books.every(Account)}
        assert books.count(Account, Span("representative", ("rita",))) == 1
    assert {w.account_id for w in queue([table.behind("rita")])} == {"corp"} < every


def test_only_whoever_accepts_quotes_says_which_need_an_approver(table: Table) -> None:
    owner = table.at("owner")
    assert set_threshold(owner, 50_000).approval_above == 50_000
    assert [(c.before, c.after) for e in audit(table, "accept_quote") for c in e.changes] == [("", "50000")]
    before = everything(table)
    set_threshold(owner, 50_000)
    with pytest.raises(BelowNothing):
        set_threshold(owner, -1)
    for role in (r for r in Role if r is not Role.OWNER):
        with pytest.raises(NotAllowed):
            set_threshold(role_desk(table, role), None)
    assert everything(table) == before
    assert set_threshold(owner, None).approval_above is None
    assert not list(verify(table.store))
