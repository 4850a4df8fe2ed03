"""Stripe behind the payment port, by its official library.

Cards are entered on Stripe Checkout; charges are PaymentIntents made without the customer present. Every charge carries
its key twice: as the `Idempotency-Key`, which Stripe forgets after a day or more, and in its metadata, by which it is
found for ever. Nothing Stripe says is repeated without taking secrets and long numbers out of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from billing.money import Money
from billing.payment_gateway import (
    BadEvent,
    Collection,
    CollectionState,
    Declined,
    GatewayEvent,
    GatewayMethod,
    GatewayRefused,
    GatewayUnavailable,
    Mandate,
    MethodKind,
    NeedsCustomer,
    Outcome,
    Processing,
    Succeeded,
    Unknown,
)

if TYPE_CHECKING:
    import stripe

MAY_RETRY = frozenset(
    {
        "approve_with_id",
        "card_velocity_exceeded",
        "insufficient_funds",
        "issuer_not_available",
        "processing_error",
        "reenter_transaction",
        "try_again_later",
        "withdrawal_count_limit_exceeded",
    }
)
"""Decline codes after which the same card may succeed later (docs.stripe.com/declines/codes, "Next steps"). Everything
else, what is not known included, is for the customer to resolve: card schemes fine pointless repetition."""

AUTHENTICATION = ("authentication_required", "payment_intent_authentication_failure")
EVENTS = ("succeeded", "payment_failed", "processing", "requires_action", "canceled")
EVENT_SECONDS = 300
"""Stripe's own tolerance between signing an event and reading it."""
LONGEST_SUFFIX = 10
"""The statement shows 22 characters: a prefix of up to ten, two between, and this."""
OTHER_REQUEST = "the key belongs to another request"
HUNDREDTHS = ("ISK", "UGX")
"""Without minor units in ISO 4217, yet counted in hundredths by Stripe (docs.stripe.com/currencies)."""
WHOLE = ("MGA",)
"""The other way round: counted in whole units by Stripe. Not charged, rather than charged a hundredfold."""


class StripeGateway:
    """See `billing.payment_gateway.PaymentGateway`.

    `shorten` makes a short address of Checkout's, which has some 400 characters; `return_url` is where the customer
    lands after Checkout or after confirming. `seconds` bounds each call. `base_url` is for tests.
    """

    name = "stripe"

    def __init__(
        self,
        api_key: str,
        webhook_secret: str,
        base_url: str | None = None,
        *,
        shorten: Callable[[str], str] = lambda url: url,
        return_url: str = "https://stripe.com/",
        seconds: float = 20,
    ) -> None:
        self._api_key = api_key
        self._webhook_secret = webhook_secret
        self._base_url = base_url
        self._shorten = shorten
        self._return_url = return_url
        self._seconds = seconds

    @cached_property
    def _stripe(self) -> stripe.StripeClient:
        import stripe

        # Repeating is the business's decision, after looking the charge up; the library repeats nothing.
        return stripe.StripeClient(
            self._api_key,
            base_addresses={"api": self._base_url} if self._base_url else {},
            http_client=stripe.RequestsClient(timeout=self._seconds),
            max_network_retries=0,
        )

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Stripe's errors as ours. `from None`: theirs hold headers and bodies."""
        import stripe

        try:
            yield
        except stripe.IdempotencyError:
            raise GatewayRefused(reason=OTHER_REQUEST) from None
        except (stripe.CardError, stripe.InvalidRequestError) as error:
            if error.code == "idempotency_key_in_use":
                raise GatewayUnavailable(reason=self._reason(error)) from None
            raise GatewayRefused(reason=self._reason(error)) from None
        except stripe.StripeError as error:
            raise GatewayUnavailable(reason=self._reason(error)) from None

    def _reason(self, error: stripe.StripeError) -> str:
        """What Stripe says, without secrets, account numbers and anything that looks like a key."""
        import stripe

        match error:
            case stripe.APIConnectionError():
                return "no answer"
            case stripe.AuthenticationError() | stripe.PermissionError():
                return "its key is not accepted"
            case stripe.RateLimitError():
                return "too many requests"
        text = re.sub(r"\b(?:[srp]k|whsec|seti|pi)_\w+|(?:\w[ -]?){0,4}(?:\d[ -]?){8,}", "…", error.user_message or "")
        return text[:120].rstrip(". ") or type(error).__name__

    def ensure_customer(self, account_id: str, name: str, email: str) -> str:
        """The customer that carries this account's id, made where there is none."""
        with self._asking():
            if email:
                known = self._stripe.v1.customers.list({"email": email, "limit": 100})
                for customer in known.auto_paging_iter():
                    if _meta(customer, "account") == account_id:
                        return customer.id
            made = self._stripe.v1.customers.create(
                {"name": name, "email": email, "metadata": {"account": account_id}},
                {"idempotency_key": f"customer-{account_id}"},
            )
            return made.id

    def start_collection(self, customer: str, *, key: str) -> Collection:
        """Open Checkout for a card. It closes by itself a day later."""
        wanted: Any = {
            "mode": "setup",
            "customer": customer,
            "payment_method_types": ["card"],
            "success_url": self._return_url,
            "client_reference_id": key[:200],
        }
        with self._asking():
            return self._collection(self._stripe.v1.checkout.sessions.create(wanted, {"idempotency_key": key}))

    def collection(self, collection_id: str) -> Collection:
        """How far the customer has come on Checkout."""
        live = "live" if "_live_" in self._api_key else "test"
        with self._asking():
            session = self._stripe.v1.checkout.sessions.retrieve(
                f"cs_{live}_{collection_id}", {"expand": ["setup_intent.payment_method"]}
            )
            return self._collection(session)

    def _collection(self, session: stripe.checkout.Session) -> Collection:
        method: GatewayMethod | None = None
        state = CollectionState.EXPIRED if session.status == "expired" else CollectionState.WAITING
        intent: Any = session.setup_intent
        if session.status == "complete" and getattr(intent, "status", "") == "succeeded":
            state, method = CollectionState.DONE, _card(intent.payment_method)
        return Collection(
            # Without its beginning, which the API key tells: with it, ids are longer than a record's may be.
            id=session.id.split("_", 2)[2],
            url=self._shorten(session.url) if session.url else "",
            expires_at=datetime.fromtimestamp(session.expires_at, UTC),
            state=state,
            method=method,
        )

    def register_bank_debit(self, customer: str, iban: str, mandate: Mandate, *, key: str) -> GatewayMethod:
        """A bank account with its mandate, agreed to at the counter: `offline`, as no browser was there."""
        from billing.identifiers import check_iban

        accepted = {"type": "offline", "accepted_at": int(mandate.signed_at.timestamp()), "offline": {}}
        setup: Any = {
            "customer": customer,
            "payment_method_types": ["sepa_debit"],
            "usage": "off_session",
            "metadata": {"mandate": mandate.reference},
        }
        with self._asking():
            v1 = self._stripe.v1
            holder = {"name": mandate.holder, "email": v1.customers.retrieve(customer).email or ""}
            account: Any = {"type": "sepa_debit", "sepa_debit": {"iban": iban}, "billing_details": holder}
            method = v1.payment_methods.create(account, {"idempotency_key": f"{key}-method"})
            intent = v1.setup_intents.create(setup, {"idempotency_key": f"{key}-setup"})
            agreed: Any = {"payment_method": method.id, "mandate_data": {"customer_acceptance": accepted}}
            v1.setup_intents.confirm(intent.id, agreed, {"idempotency_key": f"{key}-mandate"})
            if v1.payment_methods.retrieve(method.id).customer != customer:  # the confirmed setup attached it already
                v1.payment_methods.attach(method.id, {"customer": customer}, {"idempotency_key": f"{key}-attach"})
        debit: Any = method.sepa_debit
        return GatewayMethod(
            ref=method.id,
            kind=MethodKind.BANK_DEBIT,
            brand=check_iban(iban).bank or "SEPA",
            last4=debit.last4,
            fingerprint=debit.fingerprint,
        )

    def remove_method(self, customer: str, method: str) -> None:
        """Detach a method from its customer; one that is no longer theirs is left as it is."""
        with self._asking():
            if self._method_of(customer, method) is not None:
                self._stripe.v1.payment_methods.detach(method)

    def _method_of(self, customer: str, method: str) -> stripe.PaymentMethod | None:
        import stripe

        try:
            found = self._stripe.v1.payment_methods.retrieve(method)
        except stripe.InvalidRequestError as error:
            if error.http_status == 404:
                return None
            raise
        return found if found.customer == customer else None

    def charge(self, customer: str, method: str, amount: Money, reference: str, *, key: str) -> Outcome:
        """Take money without the customer. A fault on the way is `Unknown`, whatever it was."""
        import stripe

        try:
            with self._asking():
                found = self._method_of(customer, method)
                if found is None:
                    return Declined("", "payment_method_removed", may_retry=False)
                wanted: Any = {
                    "amount": _units(amount),
                    "currency": amount.currency.lower(),
                    "customer": customer,
                    "payment_method": method,
                    "payment_method_types": [found.type],
                    "confirm": True,
                    "off_session": True,
                    "description": reference,
                    "metadata": {"key": key},
                }
                if found.type == "card" and (shown := _on_statement(reference)):
                    wanted["statement_descriptor_suffix"] = shown
                try:
                    intent = self._stripe.v1.payment_intents.create(wanted, {"idempotency_key": key})
                except stripe.CardError as error:
                    return self._refused(error)
                return self._outcome(intent)
        except GatewayUnavailable:
            return Unknown()

    def _refused(self, error: stripe.CardError) -> Outcome:
        fault: Any = error.error
        intent = getattr(fault, "payment_intent", None)
        ref = intent.id if intent else getattr(fault, "charge", None) or ""
        if intent and AUTHENTICATION[0] in (error.code, getattr(fault, "decline_code", None)):
            return self._ask_customer(ref)
        return _declined(ref, fault)

    def _ask_customer(self, intent_id: str) -> Outcome:
        """Confirm anew as if the customer were there: the bank then names a page on which they can be.

        Stripe's own way for a charge made without the customer (support.stripe.com, manual confirmation, option 2).
        """
        import stripe

        intent = self._stripe.v1.payment_intents.retrieve(intent_id)
        fault: Any = intent.last_payment_error
        if intent.status != "requires_payment_method" or fault is None:
            return self._outcome(intent)
        again: Any = {"payment_method": fault.payment_method.id, "return_url": self._return_url}
        try:
            options: Any = {"idempotency_key": f"{intent_id}-confirm"}
            intent = self._stripe.v1.payment_intents.confirm(intent_id, again, options)
        except (stripe.CardError, stripe.InvalidRequestError) as error:
            return _declined(intent_id, error.error)
        if intent.status == "requires_payment_method":
            return _declined(intent_id, intent.last_payment_error)
        return self._outcome(intent)

    def _outcome(self, intent: stripe.PaymentIntent) -> Outcome:
        match intent.status:
            case "succeeded":
                return Succeeded(intent.id)
            case "processing" | "requires_capture":
                return Processing(intent.id)
            case "requires_action":
                return NeedsCustomer(intent.id, self._confirm_url(intent))
            case "requires_payment_method":
                fault: Any = intent.last_payment_error
                if getattr(fault, "code", None) == AUTHENTICATION[0]:
                    return self._ask_customer(intent.id)
                return _declined(intent.id, fault)
            case "canceled":
                return Declined(intent.id, "canceled", may_retry=True)
            case _:
                return Unknown()

    def _confirm_url(self, intent: stripe.PaymentIntent) -> str:
        redirect: Any = getattr(intent.next_action, "redirect_to_url", None)
        return self._shorten(redirect.url) if redirect else ""

    def find_charge(self, customer: str, key: str) -> Outcome | None:
        """The customer's charge with this key. Listed, not searched: Stripe's search lags behind by up to an hour."""
        with self._asking():
            page = self._stripe.v1.payment_intents.list({"customer": customer, "limit": 100})
            for intent in page.auto_paging_iter():
                if intent.customer == customer and _meta(intent, "key") == key:
                    return self._outcome(intent)
        return None

    def refund(self, charge_ref: str, amount: Money, *, key: str) -> Outcome:
        """Give money back. What was given back under this key is found again; more than is left is not asked for."""
        try:
            with self._asking():
                given = self._stripe.v1.refunds.list({"payment_intent": charge_ref, "limit": 100})
                earlier = [r for r in given.auto_paging_iter() if r.status not in ("failed", "canceled")]
                for refund in earlier:
                    if _meta(refund, "key") == key:
                        if (refund.amount, refund.currency) != (_units(amount), amount.currency.lower()):
                            raise GatewayRefused(reason=OTHER_REQUEST)
                        return _refunded(refund)
                intent = self._stripe.v1.payment_intents.retrieve(charge_ref)
                left = intent.amount - sum(r.amount for r in earlier)
                if amount.currency.lower() != intent.currency or not 0 < _units(amount) <= left:
                    raise GatewayRefused(reason="more than was charged")
                made = self._stripe.v1.refunds.create(
                    {"payment_intent": charge_ref, "amount": _units(amount), "metadata": {"key": key}},
                    {"idempotency_key": key},
                )
                return _refunded(made)
        except GatewayUnavailable:
            return Unknown()

    def read_event(self, body: bytes, signature: str) -> GatewayEvent | None:
        """What a webhook tells of a charge. Events may come twice and in any order."""
        import stripe

        if not self._webhook_secret:
            raise BadEvent
        try:
            event = stripe.Webhook.construct_event(body, signature, self._webhook_secret, EVENT_SECONDS)
            kind, _, what = event.type.partition(".")
            if kind != "payment_intent" or what not in EVENTS:
                return None
            intent: Any = event.data.object
            key = _meta(intent, "key")
            # That the customer is needed is no end: the charge's own answer tells, with the page's address.
            awaited = getattr(getattr(intent, "last_payment_error", None), "code", None) == AUTHENTICATION[0]
            if not key or what == "requires_action" or (awaited and intent.status == "requires_payment_method"):
                return None
            return GatewayEvent(id=event.id, key=key, outcome=self._outcome(intent))
        # The library meets what is no event with whatever breaks first.
        except (stripe.SignatureVerificationError, ValueError, AttributeError, KeyError, TypeError):
            raise BadEvent from None


def _meta(thing: Any, name: str) -> str:
    found: str = getattr(getattr(thing, "metadata", None), name, None) or ""
    return found


def _units(amount: Money) -> int:
    """An amount as Stripe counts it."""
    if amount.currency in WHOLE:
        raise GatewayRefused(reason=amount.currency)
    return amount.minor * 100 if amount.currency in HUNDREDTHS else amount.minor


def _on_statement(reference: str) -> str:
    """The end of the reference, in the letters a statement may show (docs.stripe.com, statement descriptors)."""
    shown = re.sub(r"[^A-Za-z0-9 .-]", "", reference)[-LONGEST_SUFFIX:].strip()
    return shown if re.search("[A-Za-z]", shown) else ""


def _declined(ref: str, fault: Any) -> Declined:
    """A refusal. The bank's own advice, where it gives one, outweighs its code (docs.stripe.com/declines/card)."""
    code = getattr(fault, "decline_code", None) or getattr(fault, "code", None) or "unknown"
    match getattr(fault, "advice_code", None):
        case "try_again_later":
            may_retry = True
        case "do_not_try_again" | "confirm_card_data":
            may_retry = False
        case _:
            may_retry = code in MAY_RETRY or code in AUTHENTICATION
    return Declined(ref, code, may_retry)


def _refunded(refund: stripe.Refund) -> Outcome:
    match refund.status:
        case "succeeded":
            return Succeeded(refund.id)
        case "failed" | "canceled":
            return Declined(refund.id, getattr(refund, "failure_reason", None) or "canceled", may_retry=False)
        case _:
            return Processing(refund.id)


def _card(method: Any) -> GatewayMethod:
    """A card as Stripe keeps it, valid to the end of the month on it."""
    card = method.card
    return GatewayMethod(
        ref=method.id,
        kind=MethodKind.CARD,
        brand=card.brand.title(),
        last4=card.last4,
        expires=date(card.exp_year + card.exp_month // 12, card.exp_month % 12 + 1, 1),
        fingerprint=card.fingerprint,
    )
