"""Every word of a negotiation is there, unchanged, and what was accepted is one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from billing.invariants.faults import Fault, Records, named, of
from billing.quotes import Quote, QuoteRevision, QuoteState, Side, seal
from billing.record import Id

DERIVED = (QuoteState.EXPIRED, QuoteState.FULFILLED)


def quote_faults(records: Records) -> Iterator[Fault]:
    """Revisions are numbered without a gap, bear their own hash, and acceptance is of an offer that was shown."""
    revisions: dict[Id, dict[int, QuoteRevision]] = defaultdict(dict)
    for revision in of(records, QuoteRevision):
        revisions[revision.quote_id][revision.number] = revision
        if revision.hash != seal(revision.quote_id, revision.number, revision.side, revision.terms):
            yield named(revision), "hash", "is not that of its terms"
    for quote in of(records, Quote):
        yield from _quote(quote, revisions[quote.id])


def _quote(quote: Quote, revisions: dict[int, QuoteRevision]) -> Iterator[Fault]:
    if sorted(revisions) != list(range(1, quote.revision + 1)):
        yield named(quote), "revision", "does not count its revisions"
        return
    if quote.state in DERIVED:
        yield named(quote), "state", "follows from the day and is not stored"
    if quote.shown and not quote.sees(Side.CUSTOMER, quote.shown):
        yield named(quote), "shown", "is a revision that was never shown"
    accepted = quote.accepted
    if (accepted is not None) is not (quote.state is QuoteState.ACCEPTED):
        yield named(quote), "accepted", "stands with what was accepted, and nothing else"
    elif accepted is not None:
        meant = revisions.get(accepted.revision)
        if meant is None or meant.hash != accepted.hash or meant.side is not Side.VENDOR:
            yield named(quote), "accepted.hash", "is not that of an offer of the vendor"
