"""Negotiating a quote, from either side of the counter: asking, offering, answering, saying no.

The customer's people and the vendor's representative use the same functions through their own desks; which moves are
whose is the permission table's, which are possible now is `billing.quotes.MOVES`'s.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from msgspec.structs import replace

from billing.audit import Change
from billing.desk import AccountWriting, Desk
from billing.errors import N_, Refusal
from billing.issuing import next_number
from billing.language import Language
from billing.money import Money
from billing.permissions import Act
from billing.quote_telling import tell_customer, tell_vendor
from billing.quote_views import current_id, revision_id, side_of, visible_quote
from billing.quotes import (
    FIELD_WORDS,
    FREQUENCY_WORDS,
    LONGEST_NOTE,
    Move,
    Quote,
    QuoteComment,
    QuoteRevision,
    QuoteState,
    QuoteTerms,
    Side,
    TermChange,
    checked,
    difference,
    require,
    seal,
)
from billing.record import Id, changed
from billing.representatives import Representative
from billing.vendor import Vendor


class QuoteMoved(Refusal):
    """Somebody moved the quote since it was read. `differences` are between the revision read and the present one."""

    message = N_(
        "{who} changed quote {number} meanwhile: it is at revision {revision} now. What you wrote was not sent and is "
        "still here. Look at what is different, then send it again."
    )

    def __init__(self, number: str, who: str, revision: int, differences: tuple[TermChange, ...]) -> None:
        super().__init__(number=number, who=who, revision=revision)
        self.revision = revision
        self.differences = differences


class BeyondFloor(Refusal):
    """More discount than anybody may give."""

    message = N_("No more than {most}% may be taken off the list price. Nothing was sent. Ask for less.")


class NothingSaid(Refusal):
    """A comment or a reason without words."""

    message = N_("There are no words yet. Nothing was sent. Write something first.")


def request_quote(desk: Desk, title: str, terms: QuoteTerms, note: str = "") -> Quote:
    """Ask the representative for a price: the wish is the first revision, at what the customer hopes to pay."""
    with desk.write(Act.NEGOTIATE) as books:
        quote = _opened(desk, books, title, Side.CUSTOMER)
        quote = _say(desk, books, quote, checked(terms, Side.CUSTOMER, desk.today), note, QuoteState.REQUESTED)
        books.record(N_("Asked for quote {number}: {title}."), quote.id, number=quote.number, title=quote.title)
        tell_vendor(desk, books, quote, N_("a quote is asked for"))
        return quote


def offer_quote(desk: Desk, title: str, terms: QuoteTerms, note: str = "", *, draft: bool = False) -> Quote:
    """Open a quote from the vendor's side with its first offer, or keep it as a draft."""
    with desk.write(Act.PRICE_QUOTE) as books:
        quote = _opened(desk, books, title, Side.VENDOR)
        return _offered(desk, books, quote, terms, note, draft=draft)


def _opened(desk: Desk, books: AccountWriting, title: str, side: Side) -> Quote:
    if not title.strip():
        raise NothingSaid
    now = desk.clock().astimezone(UTC)
    day = desk.issue_day(books.get(Vendor, Vendor.ID))
    return Quote(
        id=desk.ids(),
        account_id=desk.account.id,
        number=next_number(books.ledger, "Q", day),
        title=title.strip()[:120],
        state=QuoteState.DRAFT,
        opened_by=side,
        opened_at=now,
        moved_at=now,
    )


def price(desk: Desk, quote_id: Id, terms: QuoteTerms, note: str = "", *, based_on: int, draft: bool = False) -> Quote:
    """Make an offer: a new revision. Beyond the representative's limit it waits for their lead; never past the floor.

    `based_on` is the newest revision that was read; `QuoteMoved` where there is a newer one.
    """
    with desk.write(Act.PRICE_QUOTE) as books:
        quote = _moving(desk, books, quote_id, Move.PRICE, based_on)
        return _offered(desk, books, quote, terms, note, draft=draft)


def _offered(desk: Desk, books: AccountWriting, quote: Quote, terms: QuoteTerms, note: str, *, draft: bool) -> Quote:
    checked(terms, Side.VENDOR, desk.today)
    floor = books.get(Vendor, Vendor.ID).most_discount
    if terms.discount > floor:
        raise BeyondFloor(most=floor)
    before = _terms(books, quote)
    if quote.state is QuoteState.AWAITING_LEAD:
        quote = changed(quote, unseen=(*quote.unseen, quote.revision))
    limit = books.get(Representative, desk.person.id).most_discount
    if draft and quote.shown == 0:
        state = QuoteState.DRAFT
    else:
        state = QuoteState.SENT if terms.discount <= limit else QuoteState.AWAITING_LEAD
    quote = _say(desk, books, quote, terms, note, state)
    message = {
        QuoteState.DRAFT: N_("Drafted revision {revision} of quote {number}."),
        QuoteState.SENT: N_("Offered revision {revision} of quote {number}."),
        QuoteState.AWAITING_LEAD: N_("Priced revision {revision} of quote {number}; the lead decides."),
    }[state]
    _record(books, quote, message, before)
    if state is QuoteState.SENT:
        tell_customer(desk, books, quote, N_("there is an offer for you"))
    elif state is QuoteState.AWAITING_LEAD:
        tell_vendor(desk, books, quote, N_("a discount waits for its approval"), lead=True)
    return quote


def let_out(desk: Desk, quote_id: Id, *, based_on: int) -> Quote:
    """Let an offer beyond the representative's limit go to the customer, as far as the lead's own limit goes."""
    with desk.write(Act.APPROVE_DISCOUNT) as books:
        quote = _moving(desk, books, quote_id, Move.LET_OUT, based_on)
        terms = books.get(QuoteRevision, revision_id(quote, quote.revision)).terms
        limit = books.get(Representative, desk.person.id).most_discount
        if terms.discount > limit:
            raise BeyondFloor(most=limit)
        checked(terms, Side.VENDOR, desk.today)
        quote = moved(desk, books, quote, state=QuoteState.SENT, shown=quote.revision, valid_until=terms.valid_until)
        books.record(N_("Let revision {revision} of quote {number} out."), quote.id, **named(quote))
        tell_customer(desk, books, quote, N_("there is an offer for you"))
        return quote


def send_back(desk: Desk, quote_id: Id, reason: str, *, based_on: int) -> Quote:
    """Give an offer back to the representative: the quote stands as it did before it."""
    with desk.write(Act.APPROVE_DISCOUNT) as books:
        quote = _moving(desk, books, quote_id, Move.SEND_BACK, based_on)
        if not reason.strip():
            raise NothingSaid
        if quote.shown == 0:
            state = QuoteState.DRAFT
        elif books.get(QuoteRevision, current_id(quote)).side is Side.VENDOR:
            state = QuoteState.SENT
        else:
            state = QuoteState.REQUESTED if quote.shown == 1 else QuoteState.COUNTERED
        quote = moved(desk, books, quote, state=state, unseen=(*quote.unseen, quote.revision))
        _comment(desk, books, quote, reason, internal=True)
        books.record(N_("Gave revision {revision} of quote {number} back."), quote.id, **named(quote))
        tell_vendor(desk, books, quote, N_("the lead gave your offer back"))
        return quote


def counter(desk: Desk, quote_id: Id, terms: QuoteTerms, note: str = "", *, based_on: int) -> Quote:
    """Answer with other terms: a revision from the customer's side. It is good for as long as the offer it answers."""
    with desk.write(Act.NEGOTIATE) as books:
        quote = _moving(desk, books, quote_id, Move.COUNTER, based_on)
        before = _terms(books, quote)
        said = checked(replace(terms, valid_until=None), Side.CUSTOMER, desk.today)
        quote = _say(desk, books, quote, said, note, QuoteState.COUNTERED)
        _record(books, quote, N_("Made counter-offer {revision} on quote {number}."), before)
        tell_vendor(desk, books, quote, N_("there is a counter-offer"))
        return quote


def comment(desk: Desk, quote_id: Id, text: str, *, internal: bool = False) -> QuoteComment:
    """Say something about the quote; `internal` keeps it on the vendor's side."""
    act = Act.PRICE_QUOTE if side_of(desk) is Side.VENDOR else Act.NEGOTIATE
    with desk.write(act) as books:
        quote = visible_quote(desk, books, quote_id)
        require(quote, Move.COMMENT, desk.today)
        # What is said about a quote that the customer does not see yet is the vendor's own too.
        internal = side_of(desk) is Side.VENDOR and (internal or not quote.lies_before(Side.CUSTOMER))
        said = _comment(desk, books, quote, text, internal=internal)
        quote = moved(desk, books, quote)
        if not said.internal:
            books.record(N_("Commented on quote {number}."), quote.id, number=quote.number)
            tell = tell_customer if side_of(desk) is Side.VENDOR else tell_vendor
            tell(desk, books, quote, N_("there is a comment"))
        return said


def decline(desk: Desk, quote_id: Id, reason: str) -> Quote:
    """Say no, with a reason."""
    with desk.write(Act.ACCEPT_QUOTE) as books:
        quote = _ended(desk, books, quote_id, Move.DECLINE, QuoteState.DECLINED, reason)
        books.record(N_("Declined quote {number}: {reason}"), quote.id, number=quote.number, reason=quote.reason)
        tell_vendor(desk, books, quote, N_("it was declined"))
        return quote


def withdraw(desk: Desk, quote_id: Id, reason: str) -> Quote:
    """Take an offer back, with a reason."""
    with desk.write(Act.PRICE_QUOTE) as books:
        quote = _ended(desk, books, quote_id, Move.WITHDRAW, QuoteState.WITHDRAWN, reason)
        books.record(N_("Withdrew quote {number}: {reason}"), quote.id, number=quote.number, reason=quote.reason)
        if quote.lies_before(Side.CUSTOMER):
            tell_customer(desk, books, quote, N_("it was withdrawn"))
        return quote


def _ended(desk: Desk, books: AccountWriting, quote_id: Id, move: Move, state: QuoteState, reason: str) -> Quote:
    quote = visible_quote(desk, books, quote_id)
    require(quote, move, desk.today)
    if not reason.strip():
        raise NothingSaid
    return moved(desk, books, quote, state=state, reason=reason.strip()[:LONGEST_NOTE])


def _moving(desk: Desk, books: AccountWriting, quote_id: Id, move: Move, based_on: int) -> Quote:
    """The quote, where it allows the move and nobody has written another revision since `based_on`."""
    quote = visible_quote(desk, books, quote_id)
    side = side_of(desk)
    newest = quote.shown if side is Side.CUSTOMER else quote.revision
    if based_on != newest:
        now = books.get(QuoteRevision, revision_id(quote, newest))
        read = quote.sees(side, based_on) and 0 < based_on < newest
        then = books.get(QuoteRevision, revision_id(quote, based_on)).terms if read else now.terms
        raise QuoteMoved(quote.number, now.name, now.number, difference(then, now.terms))
    require(quote, move, desk.today)
    return quote


def _say(desk: Desk, books: AccountWriting, quote: Quote, terms: QuoteTerms, note: str, state: QuoteState) -> Quote:
    """Write a revision down, and where the quote stands with it."""
    number, side = quote.revision + 1, side_of(desk)
    books.put(
        QuoteRevision(
            id=revision_id(quote, number),
            account_id=quote.account_id,
            quote_id=quote.id,
            number=number,
            side=side,
            person_id=desk.person.id,
            name=desk.person.name,
            at=desk.clock().astimezone(UTC),
            terms=terms,
            note=note.strip()[:LONGEST_NOTE],
            hash=seal(quote.id, number, side, terms),
        )
    )
    fields: dict[str, Any] = {"revision": number, "state": state}
    if state in (QuoteState.DRAFT, QuoteState.AWAITING_LEAD):
        return moved(desk, books, quote, **fields)
    if state is QuoteState.SENT:
        fields["valid_until"] = terms.valid_until
    return moved(desk, books, quote, shown=number, **fields)


def moved(desk: Desk, books: AccountWriting, quote: Quote, **fields: Any) -> Quote:
    """Store what became of a quote."""
    return books.put(changed(quote, moved_at=desk.clock().astimezone(UTC), **fields))


def _terms(books: AccountWriting, quote: Quote) -> QuoteTerms | None:
    return books.get(QuoteRevision, revision_id(quote, quote.revision)).terms if quote.revision else None


def _record(books: AccountWriting, quote: Quote, message: str, before: QuoteTerms | None) -> None:
    after = _terms(books, quote)
    assert after is not None  # noqa: S101 - it was just said
    words = Language(books.desk.account.language)
    changes = audit_changes(difference(before, after), after.currency, words) if before else ()
    books.record(message, quote.id, changes=changes, **named(quote))


def audit_changes(found: tuple[TermChange, ...], currency: str, language: Language) -> tuple[Change, ...]:
    """Differences of terms as the audit trail keeps them, in words of the account's language."""

    def text(change: TermChange, value: Any) -> str:
        if value is None:
            return ""
        if change.field in ("list_price", "unit_price"):
            return language.money(Money(value, currency))
        if change.field == "frequency":
            return language.say(FREQUENCY_WORDS[value])
        return language.write(value)

    def name(change: TermChange) -> str:
        field = language.say(FIELD_WORDS[change.field])
        return f"{change.line}. {field}" if change.line else field

    return tuple(Change(name(c), text(c, c.before), text(c, c.after)) for c in found)


def named(quote: Quote) -> dict[str, Any]:
    """What fills the sentences about a quote. The running number of a revision is not written like an amount."""
    return {"number": quote.number, "revision": str(quote.revision)}


def _comment(desk: Desk, books: AccountWriting, quote: Quote, text: str, *, internal: bool) -> QuoteComment:
    if not text.strip():
        raise NothingSaid
    return books.put(
        QuoteComment(
            id=desk.ids(),
            account_id=quote.account_id,
            quote_id=quote.id,
            side=side_of(desk),
            person_id=desk.person.id,
            name=desk.person.name,
            at=desk.clock().astimezone(UTC),
            text=text.strip()[:LONGEST_NOTE],
            internal=internal,
        )
    )
