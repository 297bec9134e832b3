"""Shows carts, checkouts and orders in the shapes of eCommerce, of either version."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from bookings_mock.domain.buying import Totals, totals
from bookings_mock.domain.purchase import FREE, PAID, Line, Order, Purchase
from bookings_mock.domain.times import rfc3339

Json = Mapping[str, Any]

_CENT = Decimal("0.01")
# What an order is worth that nobody has paid, or all of which was paid.
_UNPAID = frozenset({"NOT_PAID", "DECLINED", "CANCELED"})


def money(amount: Decimal | str) -> dict[str, str]:
    """An amount as Cart V2 has it."""
    text = str(Decimal(amount).quantize(_CENT))
    return {"amount": text, "convertedAmount": text}


def priced(amount: Decimal | str, currency: str | None) -> dict[str, str]:
    """An amount as the first version has it: also as people read it."""
    plain = money(amount)
    shown = f"{currency} {plain['amount']}" if currency else plain["amount"]
    return {**plain, "formattedAmount": shown, "formattedConvertedAmount": shown}


def currency_of(lines: Iterable[Line]) -> str:
    """The currency of what is bought."""
    return next((line.currency for line in lines if line.currency), "EUR")


def show_cart(purchase: Purchase, lines: tuple[Line, ...]) -> dict[str, Any]:
    """A cart of Cart V2."""
    asked = purchase.asked
    return {
        "id": purchase.id,
        "revision": str(purchase.revision),
        "createdDate": rfc3339(purchase.created),
        "updatedDate": rfc3339(purchase.updated),
        "lineItems": [_cart_line(line) for line in lines],
        "subtotal": money(totals(lines).all),
        "coupons": [],
        "giftCards": [],
        "source": {"channelType": purchase.channel},
        "businessInfo": asked.get("businessInfo") or {},
        "customerInfo": {
            "currencyCode": currency_of(lines),
            **(asked.get("customerInfo") or {}),
            **purchase.buyer,
        },
        "deliveryInfo": asked.get("deliveryInfo") or {},
        "taxInfo": {},
        "paymentInfo": asked.get("paymentInfo") or {},
        "orderPlaced": purchase.order_id is not None,
        "purchaseFlowId": purchase.flow_id,
        "currentCart": False,
        "demo": False,
        **_given(
            orderId=purchase.order_id,
            note=asked.get("note"),
            customCheckoutUrl=asked.get("customCheckoutUrl"),
        ),
    }


def _cart_line(line: Line) -> dict[str, Any]:
    item = line.item
    return {
        "id": item.id,
        "name": {"original": line.name or ""},
        "quantityInfo": {
            "confirmedQuantity": min(item.quantity, line.available),
            "requestedQuantity": item.quantity,
            "availableQuantity": line.available,
            "fixedQuantity": True,
        },
        "pricing": {"unitPrice": money(line.price), "totalPrice": money(line.total)},
        "source": {"catalogReference": _reference(line), "rootCatalogItemId": line.service_id},
        "attributes": {
            "itemType": {"preset": "SERVICE"},
            "serviceProperties": _service_properties(line),
            "descriptionLines": [],
            "policies": [],
            "membersOnly": False,
        },
        "paymentConfig": {"paymentOption": line.option},
        "status": _stock(line),
    }


def _stock(line: Line) -> str:
    if not line.known:
        return "REMOVED_FROM_CATALOG"
    return "IN_STOCK" if line.available else "OUT_OF_STOCK"


def show_summary(
    purchase: Purchase, lines: tuple[Line, ...], calculation_id: str, token: str
) -> dict[str, Any]:
    """What a cart costs, as Cart V2 says it."""
    due = totals(lines)
    nothing = money(FREE)
    return {
        "cartId": purchase.id,
        "cartRevision": str(purchase.revision),
        "calculationId": calculation_id,
        "lineItems": [
            {"lineItemId": line.item.id, "pricing": {"totalPrice": money(line.total)}}
            for line in lines
        ],
        "discounts": [],
        "additionalFees": [],
        "taxSummary": {"totalTax": nothing},
        "priceSummary": {
            "subtotal": money(due.all),
            "discount": nothing,
            "delivery": nothing,
            "additionalFees": nothing,
            "tax": nothing,
            "total": money(due.all),
        },
        "paymentSummary": {
            "payNow": money(due.now),
            "payLater": money(due.later),
            "payAfterFreeTrial": nothing,
            "totalAfterGiftCards": money(due.all),
            "requiresPaymentAfterGiftCard": due.all > FREE,
            "giftCards": [],
            "memberships": [],
        },
        "priceVerificationToken": token,
        "violations": _cart_violations(lines),
    }


def _cart_violations(lines: tuple[Line, ...]) -> list[dict[str, Any]]:
    if not lines:
        empty = {"scope": "GLOBAL", "code": "EMPTY_CART", "description": "the cart is empty"}
        return [{**empty, "severity": "ERROR"}]
    return [
        {
            "scope": "LINE_ITEM",
            "code": "LINE_ITEMS_OUT_OF_STOCK",
            "description": f"the booking {line.item.item_id} can't be bought any more",
            "severity": "ERROR",
        }
        for line in lines
        if not line.available
    ]


def show_checkout(purchase: Purchase, lines: tuple[Line, ...]) -> dict[str, Any]:
    """A checkout of the first version."""
    asked, currency = purchase.asked, currency_of(lines)
    return {
        "id": purchase.id,
        "createdDate": rfc3339(purchase.created),
        "updatedDate": rfc3339(purchase.updated),
        "lineItems": [show_line(line, currency) for line in lines],
        "billingInfo": asked.get("billingInfo") or {},
        "shippingInfo": asked.get("shippingInfo") or {},
        "buyerInfo": purchase.buyer,
        **_sums(totals(lines), currency),
        "channelType": purchase.channel,
        "completed": purchase.completed or purchase.order_id is not None,
        "createdBy": purchase.buyer,
        "currency": currency,
        "conversionCurrency": currency,
        "buyerLanguage": "en",
        "siteLanguage": "en",
        "taxIncludedInPrice": False,
        "weightUnit": "KG",
        "purchaseFlowId": purchase.flow_id,
        **_given(cartId=purchase.cart_id),
    }


def show_current_cart(
    purchase: Purchase, lines: tuple[Line, ...], checkout_id: str | None
) -> dict[str, Any]:
    """The cart that a caller has on the site."""
    currency = currency_of(lines)
    subtotal = priced(totals(lines).all, currency)
    return {
        "id": purchase.id,
        "createdDate": rfc3339(purchase.created),
        "updatedDate": rfc3339(purchase.updated),
        "lineItems": [show_line(line, currency) for line in lines],
        "buyerInfo": purchase.buyer,
        "currency": currency,
        "conversionCurrency": currency,
        "buyerLanguage": "en",
        "siteLanguage": "en",
        "taxIncludedInPrices": False,
        "weightUnit": "KG",
        "subtotal": subtotal,
        "subtotalAfterDiscounts": subtotal,
        "appliedDiscounts": [],
        "purchaseFlowId": purchase.flow_id,
        **_given(checkoutId=checkout_id),
    }


def show_totals(lines: tuple[Line, ...]) -> dict[str, Any]:
    """What the lines cost, as the first version says it beside a cart."""
    currency = currency_of(lines)
    calculated = [
        {"lineItemId": line.item.id, "pricesBreakdown": {"price": priced(line.total, currency)}}
        for line in lines
    ]
    sums = _sums(totals(lines), currency)
    return {"calculatedLineItems": calculated, "currency": currency, **sums}


def _sums(due: Totals, currency: str) -> dict[str, Any]:
    return {
        "priceSummary": price_summary(due.all, currency),
        "payNow": price_summary(due.now, currency),
        "payLater": price_summary(due.later, currency),
        "taxSummary": {"totalTax": priced(FREE, currency)},
        "calculationErrors": {},
        "appliedDiscounts": [],
        "additionalFees": [],
        "membershipOptions": {"eligibleMemberships": [], "invalidMemberships": []},
        "violations": [],
    }


def price_summary(total: Decimal, currency: str | None) -> dict[str, Any]:
    """What it adds up to: nothing but the prices of the services."""
    nothing = priced(FREE, currency)
    return {
        "subtotal": priced(total, currency),
        "shipping": nothing,
        "tax": nothing,
        "discount": nothing,
        "additionalFees": nothing,
        "total": priced(total, currency),
    }


def show_line(line: Line, currency: str | None) -> dict[str, Any]:
    """One line of a checkout, a cart of the first version, or an order."""
    price, total = priced(line.price, currency), priced(line.total, currency)
    nothing = priced(FREE, currency)
    shown = {
        "id": line.item.id,
        "quantity": line.item.quantity,
        "catalogReference": _reference(line) if line.item.item_id else None,
        "rootCatalogItemId": line.service_id,
        "productName": {"original": line.name or ""},
        "itemType": {"preset": "SERVICE"},
        "price": price,
        "lineItemPrice": total,
        "fullPrice": price,
        "priceBeforeDiscounts": price,
        "totalPriceBeforeTax": total,
        "totalPriceAfterTax": total,
        "discount": nothing,
        "totalDiscount": nothing,
        "taxDetails": {"totalTax": nothing},
        "availability": {"status": _availability(line), "quantityAvailable": line.available},
        "paymentOption": line.option,
        "serviceProperties": _service_properties(line),
        "descriptionLines": [],
        "fixedQuantity": True,
        **line.said,
    }
    return {key: value for key, value in shown.items() if value is not None}


def _availability(line: Line) -> str:
    if not line.known:
        return "NOT_FOUND"
    if not line.available:
        return "NOT_AVAILABLE"
    return "AVAILABLE" if line.available >= line.item.quantity else "PARTIALLY_AVAILABLE"


def show_order(order: Order) -> dict[str, Any]:
    """An order."""
    said = order.recorded
    paid = FREE if order.payment_status in _UNPAID else _paid(order)
    return {
        "id": order.id,
        "number": str(order.number),
        "createdDate": rfc3339(order.created),
        "updatedDate": rfc3339(order.updated),
        "purchasedDate": said.get("purchasedDate") or rfc3339(order.created),
        "status": order.status,
        "paymentStatus": order.payment_status,
        "fulfillmentStatus": "NOT_FULFILLED",
        "lineItems": [show_line(line, order.currency) for line in order.lines],
        "buyerInfo": order.buyer,
        "billingInfo": said.get("billingInfo") or {},
        "priceSummary": {
            **price_summary(order.total, order.currency),
            "totalAdditionalFees": priced(FREE, order.currency),
            **(said.get("priceSummary") or {}),
        },
        "balanceSummary": {
            "balance": priced(order.total - paid, order.currency),
            "paid": priced(paid, order.currency),
            "refunded": priced(FREE, order.currency),
        },
        "channelInfo": order.channel,
        "appliedDiscounts": [],
        "additionalFees": [],
        "activities": [],
        "taxSummary": {"totalTax": priced(FREE, order.currency)},
        "archived": False,
        **_given(
            currency=order.currency,
            checkoutId=order.purchase_id,
            purchaseFlowId=order.flow_id,
            recipientInfo=said.get("recipientInfo"),
            buyerNote=said.get("buyerNote"),
        ),
    }


def _paid(order: Order) -> Decimal:
    """What of an order is paid; of one that is paid in part, what was to be paid online."""
    return order.total if order.payment_status == PAID else totals(order.lines).now


def _reference(line: Line) -> dict[str, str]:
    return {"catalogItemId": line.item.item_id, "appId": line.item.app_id}


def _service_properties(line: Line) -> dict[str, Any] | None:
    if line.participants is None:
        return None
    return {
        **_given(scheduledDate=rfc3339(line.scheduled)),
        "numberOfParticipants": line.participants,
    }


def _given(**entries: Any) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if value is not None}
