"""A statement to take away: lines for paper, a table for a spreadsheet, and values for a program."""

from __future__ import annotations

import csv
import io
import unicodedata
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from billing.desk import Desk
from billing.document_content import plain
from billing.errors import N_, Refusal
from billing.export import TEXT_WIDTH, Documents
from billing.language import Language
from billing.money import exponent
from billing.statement import AGE_WORDS, ENTRY_WORDS, Statement, StatementRow, statement

MOST_ROWS = 50_000
"""Rows of a file: what a spreadsheet opens without trouble."""

_DATE, _NUMBER = 12, 13


class StatementForm(Enum):
    """What a statement is saved as; the value is the file's ending."""

    TEXT = "txt"
    CSV = "csv"


class StatementTooLong(Refusal):
    """More rows than a file holds."""

    message = N_("The period has {rows} rows, and a file holds {most}. Nothing was saved. Choose a shorter period.")


def save_statement(desk: Desk, documents: Documents, since: date, until: date, form: StatementForm, folder: str) -> str:
    """Save the whole statement in the account's language; returns where it is."""
    whole = statement(desk, since, until, limit=MOST_ROWS)
    if whole.total > MOST_ROWS:
        raise StatementTooLong(rows=whole.total, most=MOST_ROWS)
    language = Language(desk.account.language)
    if form is StatementForm.CSV:
        data = csv_text(whole, language).encode("utf-8-sig")
    else:
        data = ("\n".join(text_lines(whole, language)) + "\n").encode()
    word = language.say(N_("statement"))
    return documents.save(folder, f"{word}-{since.isoformat()}-{until.isoformat()}.{form.value}", data)


def text_lines(shown: Statement, language: Language) -> tuple[str, ...]:
    """The statement in lines of 80 cells. No figure is ever cut: where they are very wide, words give way."""
    say = language.say

    def figure(minor: int) -> str:
        return language.figure(shown.money(minor))

    def some(minor: int) -> str:
        return figure(minor) if minor else ""

    heads = [say(w) for w in (N_("Date"), N_("Document"), N_("What"), N_("Debit"), N_("Credit"), N_("Balance"))]
    table = [
        (language.date(r.on), r.number, words(r, shown, language), some(r.debit), some(r.credit),
         figure(r.balance))
        for r in shown.rows
    ]  # fmt: skip
    ends = [figure(shown.opening), figure(shown.closing)]
    wide = [max(len(t) for t in (heads[i], *(row[i] for row in table), *(ends if i == 5 else ()))) for i in (3, 4, 5)]
    rest = max(TEXT_WIDTH - _DATE - _NUMBER - sum(wide) - 5, 4)
    widths = (_DATE, _NUMBER, rest, *wide)
    rule = "-" * TEXT_WIDTH

    def line(texts: tuple[str, ...] | list[str]) -> str:
        cut = [_fit(t, w) for t, w in zip(texts[:3], widths, strict=False)]
        return " ".join((*cut, *(t.rjust(w) for t, w in zip(texts[3:], wide, strict=True)))).rstrip()

    def ended(label: str, day: date, minor: int) -> str:
        text = f"{label} {language.date(day)}"
        return _fit(text, TEXT_WIDTH - wide[2] - 1) + " " + figure(minor).rjust(wide[2])

    owner = ", ".join(filter(None, (plain(shown.account_name), plain(shown.tax_id))))
    days = {"since": language.date(shown.since), "until": language.date(shown.until), "currency": shown.currency}
    ages = [f"{say(w)}: {figure(a)}" for w, a in zip(AGE_WORDS, shown.ageing, strict=True)]
    return tuple(
        part.rstrip()
        for part in (
            say(N_("Statement of account")),
            _fit(owner, TEXT_WIDTH),
            say(N_("{since} to {until}, in {currency}"), **days),
            "",
            ended(say(N_("Opening balance")), shown.since, shown.opening),
            rule,
            line(heads),
            rule,
            *(line(row) for row in table),
            rule,
            ended(say(N_("Closing balance")), shown.until, shown.closing),
            "",
            say(N_("Owed on documents, by days overdue:")),
            *(f"  {age}" for age in ages),
            say(N_("Credit in hand: {amount}"), amount=figure(shown.credit)),
        )
    )


def words(row: StatementRow, shown: Statement, language: Language) -> str:
    """What happened; where only credit moved, how much."""
    what = language.say(ENTRY_WORDS[row.what])
    return what if row.debit or row.credit else f"{what} {language.figure(shown.money(row.moved))}"


def csv_text(shown: Statement, language: Language) -> str:
    """The statement for a spreadsheet (RFC 4180). Days are ISO 8601, amounts plain decimals with a point.

    A text that a spreadsheet would calculate is preceded by an apostrophe (OWASP, CSV injection).
    """
    say, file = language.say, io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    heads = (N_("Date"), N_("What"), N_("Document"), N_("Debit"), N_("Credit"), N_("Balance"), N_("Currency"))
    writer.writerow([harmless(say(h)) for h in heads])

    def row(on: date, what: str, number: str, debit: str, credit: str, balance: int) -> None:
        texts = (harmless(what), harmless(number), debit, credit, _decimal(shown, balance), shown.currency)
        writer.writerow((on.isoformat(), *texts))

    row(shown.since, say(N_("Opening balance")), "", "", "", shown.opening)
    for r in shown.rows:
        debit, credit = (_decimal(shown, amount) if amount else "" for amount in (r.debit, r.credit))
        row(r.on, words(r, shown, language), r.number, debit, credit, r.balance)
    row(shown.until, say(N_("Closing balance")), "", "", "", shown.closing)
    return file.getvalue()


def as_dict(shown: Statement) -> dict[str, Any]:
    """The statement as values of JSON: amounts in minor units, days as ISO 8601."""
    return {
        "account": shown.account_name,
        "tax_id": shown.tax_id,
        "currency": shown.currency,
        "since": shown.since.isoformat(),
        "until": shown.until.isoformat(),
        "opening": shown.opening,
        "closing": shown.closing,
        "credit": shown.credit,
        "ageing": dict(zip(("not_due", "1_30", "31_60", "61_90", "over_90"), shown.ageing, strict=True)),
        "offset": shown.offset,
        "total": shown.total,
        "rows": [
            {
                "date": r.on.isoformat(),
                "what": r.what.value,
                "document": r.number,
                "debit": r.debit,
                "credit": r.credit,
                "balance": r.balance,
                "moved": r.moved,
            }
            for r in shown.rows
        ],
    }


def _decimal(shown: Statement, minor: int) -> str:
    places = exponent(shown.currency)
    return f"{Decimal(minor).scaleb(-places):.{places}f}"


def harmless(text: str) -> str:
    """One line that no spreadsheet takes for a formula, however it folds wide signs."""
    shown = plain(text)
    folded = unicodedata.normalize("NFKC", text).lstrip(" ")
    return f"'{shown}" if folded.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "−")) else shown


def _fit(text: str, width: int) -> str:
    """`text` in exactly `width` cells."""
    kept, used = "", 0
    for character in plain(text):
        size = 0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used + size > width:
            break
        kept, used = kept + character, used + size
    return kept + " " * (width - used)
