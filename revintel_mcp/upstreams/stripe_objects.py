"""Stripe objects reduced to what an account of income needs, and the JSON Schemas of the lists that hold them.

One table a kind of object, field by field, is both the filter and the schema, so the two can't differ. What is not in
a table never leaves the process: card numbers and expiry, addresses, phone numbers, client secrets, receipt links,
IP addresses, risk scores.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

Json = dict[str, Any]
Reader = Callable[[Any], Any]


class Field:
    """A field to keep: how to reduce its value, and its schema."""

    __slots__ = ("read", "schema")

    def __init__(self, schema: Json, read: Reader | None = None) -> None:
        self.schema = schema
        self.read = read or (lambda value: value)


Table = Mapping[str, Field]


def _plain(kind: str, description: str = "") -> Field:
    schema: Json = {"type": [kind, "null"]}
    return Field(schema | ({"description": description} if description else {}))


def _reduced(value: Any, table: Table) -> Any:
    if not isinstance(value, Mapping):
        return value  # an id that was not expanded, or null
    return {name: field.read(value[name]) for name, field in table.items() if name in value}


def _object(table: Table, description: str = "") -> Field:
    return Field(_schema(table, description, nullable=True), lambda value: _reduced(value, table))


def _expandable(table: Table, description: str) -> Field:
    schema: Json = {"description": f"{description} An id, or the object if expanded."}
    return Field(
        schema | {"anyOf": [{"type": ["string", "null"]}, _schema(table)]}, lambda value: _reduced(value, table)
    )


def _list_of(table: Table, description: str = "") -> Field:
    def read(value: Any) -> Any:
        if isinstance(value, list):
            return [_reduced(item, table) for item in value]
        if isinstance(value, Mapping) and isinstance(value.get("data"), list):
            return {"object": "list", "data": [_reduced(item, table) for item in value["data"]]} | {
                key: value[key] for key in ("has_more",) if key in value
            }
        return value

    text = f"{description} Each: {', '.join(table)}.".strip()
    return Field({"type": ["array", "object", "null"], "description": text}, read)


def _schema(table: Table, description: str = "", *, nullable: bool = False) -> Json:
    schema: Json = {"type": ["object", "null"] if nullable else "object"}
    if description:
        schema["description"] = description
    return schema | {"properties": {name: field.schema for name, field in table.items()}}


_METADATA: Final = Field(
    {"type": ["object", "null"], "additionalProperties": {"type": "string"}, "description": "The merchant's own notes."}
)
_CURRENCY: Final = _plain("string", "ISO 4217, lower case.")
_CREATED: Final = _plain("integer", "Unix seconds, UTC.")
_BASE: Final[Table] = {"id": _plain("string"), "object": _plain("string")}

_RECURRING: Final = _object(
    {"interval": _plain("string", "day, week, month or year."), "interval_count": _plain("integer")}
)

_PRICE: Final[Table] = {
    "id": _plain("string"),
    "product": _plain("string"),
    "currency": _CURRENCY,
    "unit_amount": _plain("integer", "Minor units."),
    "recurring": _RECURRING,
}

_CUSTOMER: Final[Table] = {**_BASE, "name": _plain("string"), "email": _plain("string")}

_INVOICE: Final[Table] = {
    **_BASE,
    "number": _plain("string"),
    "subscription": _plain("string", "sub_… when the invoice bills a subscription."),
    "billing_reason": _plain("string"),
    "lines": _list_of({"description": _plain("string"), "price": _object(_PRICE)}),
}

_FEE_DETAIL: Final[Table] = {"amount": _plain("integer"), "currency": _CURRENCY, "type": _plain("string")}

_BALANCE_TRANSACTION_PLAIN: Final[Table] = {
    **_BASE,
    "amount": _plain("integer", "Gross, minor units of `currency`; negative for money that left."),
    "available_on": _plain("integer", "Unix seconds, UTC."),
    "created": _CREATED,
    "currency": _plain("string", "The settlement currency, ISO 4217, lower case."),
    "description": _plain("string"),
    "exchange_rate": _plain("number", "From the charge's currency to `currency`."),
    "fee": _plain("integer", "What Stripe kept, minor units of `currency`."),
    "fee_details": _list_of(_FEE_DETAIL),
    "net": _plain("integer", "amount - fee, minor units of `currency`."),
    "reporting_category": _plain("string", "charge, refund, dispute, dispute_reversal, payout, fee …"),
    "source": _plain("string"),
    "status": _plain("string"),
    "type": _plain("string", "charge, payment, refund, adjustment, payout, stripe_fee …"),
}

_REFUND_PLAIN: Final[Table] = {
    **_BASE,
    "amount": _plain("integer", "Minor units of `currency`, positive."),
    "balance_transaction": _expandable(_BALANCE_TRANSACTION_PLAIN, "The ledger entry."),
    "charge": _plain("string", "The charge that was refunded."),
    "created": _CREATED,
    "currency": _CURRENCY,
    "failure_balance_transaction": _plain("string"),
    "failure_reason": _plain("string"),
    "metadata": _METADATA,
    "payment_intent": _plain("string"),
    "reason": _plain("string"),
    "status": _plain("string", "succeeded, pending, failed, canceled, requires_action."),
}

CHARGE: Final[Table] = {
    **_BASE,
    "amount": _plain("integer", "Gross, minor units of `currency`."),
    "amount_captured": _plain("integer", "What was really taken, minor units."),
    "amount_refunded": _plain("integer", "Given back so far, minor units."),
    "balance_transaction": _expandable(_BALANCE_TRANSACTION_PLAIN, "Fee and settled amount; null until settled."),
    "billing_details": _object({"email": _plain("string"), "name": _plain("string")}),
    "captured": _plain("boolean"),
    "created": _CREATED,
    "currency": _plain("string", "The currency the buyer paid in, ISO 4217, lower case."),
    "customer": _expandable(_CUSTOMER, "The customer."),
    "description": _plain("string"),
    "disputed": _plain("boolean"),
    "failure_code": _plain("string"),
    "invoice": _expandable(_INVOICE, "The invoice that it paid, if any."),
    "livemode": _plain("boolean"),
    "metadata": _METADATA,
    "paid": _plain("boolean"),
    "payment_intent": _plain("string"),
    "payment_method_details": _object({"type": _plain("string", "card, sepa_debit …")}),
    "receipt_email": _plain("string"),
    "refunded": _plain("boolean", "True when refunded in full."),
    "refunds": _list_of(_REFUND_PLAIN, "Only if expanded."),
    "status": _plain("string", "succeeded, pending or failed."),
}

REFUND: Final[Table] = {**_REFUND_PLAIN, "charge": _expandable(CHARGE, "The charge that was refunded.")}

DISPUTE: Final[Table] = {
    **_BASE,
    "amount": _plain("integer", "Minor units of `currency`, positive."),
    "balance_transactions": _list_of(_BALANCE_TRANSACTION_PLAIN, "Money taken, and given back if won, with the fee."),
    "charge": _expandable(CHARGE, "The disputed charge."),
    "created": _CREATED,
    "currency": _CURRENCY,
    "payment_intent": _plain("string"),
    "reason": _plain("string"),
    "status": _plain("string", "won, lost, needs_response, under_review, warning_… (no money moved)."),
}

_BY_KIND: Final[Mapping[str, Table]] = {"charge": CHARGE, "refund": REFUND, "dispute": DISPUTE}


def _read_source(value: Any) -> Any:
    return _reduced(value, _BY_KIND.get(str(value.get("object")), _BASE)) if isinstance(value, Mapping) else value


BALANCE_TRANSACTION: Final[Table] = {
    **_BALANCE_TRANSACTION_PLAIN,
    "source": Field(
        {
            "type": ["string", "object", "null"],
            "description": "What moved the money (ch_, re_, du_, po_ …): an id, or the object if expanded.",
        },
        _read_source,
    ),
}

SUBSCRIPTION: Final[Table] = {
    **_BASE,
    "cancel_at_period_end": _plain("boolean"),
    "canceled_at": _plain("integer", "Unix seconds, UTC."),
    "created": _CREATED,
    "currency": _CURRENCY,
    "current_period_end": _plain("integer", "Unix seconds, UTC."),
    "current_period_start": _plain("integer", "Unix seconds, UTC."),
    "customer": _expandable(_CUSTOMER, "The customer."),
    "ended_at": _plain("integer", "Unix seconds, UTC."),
    "items": _list_of({"id": _plain("string"), "quantity": _plain("integer"), "price": _object(_PRICE)}),
    "latest_invoice": _plain("string"),
    "livemode": _plain("boolean"),
    "metadata": _METADATA,
    "plan": _object(
        {
            "id": _plain("string"),
            "amount": _plain("integer", "Minor units."),
            "currency": _CURRENCY,
            "interval": _plain("string"),
            "interval_count": _plain("integer"),
        }
    ),
    "start_date": _plain("integer", "Unix seconds, UTC."),
    "status": _plain("string", "active, past_due, canceled, trialing …"),
    "trial_end": _plain("integer", "Unix seconds, UTC."),
}

TABLES: Final[Mapping[str, Table]] = {
    "charges": CHARGE,
    "subscriptions": SUBSCRIPTION,
    "balance_transactions": BALANCE_TRANSACTION,
    "refunds": REFUND,
    "disputes": DISPUTE,
}


def reduced_page(what: str, page: Mapping[str, Any]) -> Json:
    """A list as Stripe answers it, its objects reduced to the fields of the table for `what` (`charges`)."""
    return {
        "object": "list",
        "data": [_reduced(item, TABLES[what]) for item in page["data"]],
        "has_more": bool(page["has_more"]),
        "url": f"/v1/{what}",
    }


def _answer(table: Table) -> Json:
    return {
        "type": "object",
        "properties": {
            "object": {"const": "list"},
            # A client that checks answers must not refuse a whole page for one odd record.
            "data": {"type": "array", "items": {"anyOf": [_schema(table), {"description": "Not as documented."}]}},
            "has_more": {"type": "boolean", "description": "Whether a further page follows."},
            "url": {"type": "string"},
        },
        "required": ["object", "data", "has_more"],
    }


ANSWERS: Final[Mapping[str, Json]] = {what: _answer(table) for what, table in TABLES.items()}
