"""Khalti's ePayment (KPG-2) as documented: initiate, its own page, the unsigned way back, lookup, refund. In paisa."""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.gateways.company import BROKEN, GARBAGE, Answer, Company, Refused, Request, button, page

KEY = "test_secret_key_of_khalti"
NEEDED = {"return_url", "website_url", "amount", "purchase_order_id", "purchase_order_name"}
OPTIONAL = {"customer_info", "amount_breakdown", "product_details", "merchant_username", "merchant_extra"}
_REFUND = re.compile(r"/api/merchant-transaction/([A-Za-z0-9]+)/refund/")


@dataclass
class Sale:
    amount: int
    return_url: str
    order: str
    status: str = "Initiated"
    transaction_id: str | None = None
    refunds: list[int] = field(default_factory=list)


class KhaltiCompany(Company):
    """sales: by pidx."""

    def __init__(self) -> None:
        super().__init__()
        self.sales: dict[str, Sale] = {}

    def answer(self, method: str, path: str, query: dict[str, str], request: Request) -> Answer:
        if (method, path) == ("GET", "/"):
            return self._page(query["pidx"])
        if (method, path) == ("POST", "/press"):
            return self._press(request.form)
        if method != "POST" or request.headers.get("authorization") != f"Key {KEY}":
            raise Refused(401, {"detail": "Invalid token.", "status_code": 401})
        if path == "/api/v2/epayment/initiate/":
            return self._initiate(request.json)
        if path == "/api/v2/epayment/lookup/":
            return self._lookup(request.json)
        found = _REFUND.fullmatch(path)
        if found:
            return self._refund(found[1], request.json)
        raise Refused(404, {"detail": "Not found."})

    def _initiate(self, said: dict[str, Any]) -> Answer:
        trouble = self.take_trouble("initiate")
        if trouble in (BROKEN, GARBAGE):
            return Answer(trouble, "<h1>Oops</h1>", status=500)
        if not set(said) >= NEEDED or set(said) - NEEDED - OPTIONAL:
            raise Refused(400, {name: ["This field is required."] for name in NEEDED - set(said)} | _WRONG)
        if not isinstance(said["amount"], int) or said["amount"] < 1000:
            raise Refused(400, {"amount": ["Amount should be greater than Rs. 10, that is 1000 paisa."]} | _WRONG)
        if not all(re.match(r"https?://", str(said[name])) for name in ("return_url", "website_url")):
            raise Refused(400, {"return_url": ["Enter a valid URL."]} | _WRONG)
        pidx = secrets.token_hex(11)
        self.sales[pidx] = Sale(said["amount"], said["return_url"], said["purchase_order_id"])
        opened = {"pidx": pidx, "payment_url": f"{self.url}/?pidx={pidx}", "expires_in": 1800}
        return Answer(trouble or "initiate", opened | {"expires_at": "2026-11-21T16:26:16.471649+05:45"})

    def _page(self, pidx: str) -> Answer:
        sale = self.sales[pidx]
        buttons = button("/press", "pay", "Pay", pidx=pidx), button("/press", "cancel", "Cancel", pidx=pidx)
        return Answer("page", page(f"Khalti: pay Rs {sale.amount / 100:g}", *buttons))

    def _press(self, form: dict[str, str]) -> Answer:
        pidx, sale = form["pidx"], self.sales[form["pidx"]]
        if form["press"] == "pay":
            self.pay(pidx)
        else:
            sale.status = "User canceled"
        back = {"pidx": pidx, "status": sale.status, "transaction_id": sale.transaction_id or "", "amount": sale.amount}
        back |= {"total_amount": sale.amount, "mobile": "98XXXXX000", "purchase_order_id": sale.order}
        return Answer("press", location=f"{sale.return_url}?{urlencode(back)}")

    def pay(self, pidx: str, *, status: str = "Completed") -> None:
        sale = self.sales[pidx]
        sale.status, sale.transaction_id = status, sale.transaction_id or secrets.token_hex(10)

    def _lookup(self, said: dict[str, Any]) -> Answer:
        trouble = self.take_trouble("lookup")
        if trouble in (BROKEN, GARBAGE):
            return Answer(trouble, "<h1>Oops</h1>", status=500 if trouble == BROKEN else 200)
        sale = self.sales.get(said["pidx"])
        if sale is None or set(said) != {"pidx"}:
            raise Refused(404, {"detail": "Not found."} | _WRONG)
        is_refunded = sale.status in ("Refunded", "Partially Refunded")
        found = {"pidx": said["pidx"], "total_amount": sale.amount, "status": sale.status, "fee": 0}
        found |= {"transaction_id": sale.transaction_id, "refunded": is_refunded}
        status = 400 if sale.status in ("Expired", "User canceled") else 200
        return Answer(trouble or "lookup", found, status=status)

    def _refund(self, transaction_id: str, said: dict[str, Any]) -> Answer:
        trouble = self.take_trouble("refund")
        if trouble in (BROKEN, GARBAGE):
            return Answer(trouble, "<h1>Oops</h1>", status=500)
        sale = next((sale for sale in self.sales.values() if sale.transaction_id == transaction_id), None)
        if sale is None or set(said) - {"amount", "mobile"}:
            raise Refused(404, {"detail": "Not found."} | _WRONG)
        with self.lock:
            left = sale.amount - sum(sale.refunds)
            part = said.get("amount", left)
            if not isinstance(part, int) or not 0 < part <= left:
                raise Refused(400, {"detail": "Refund amount must be less than or equal to what is left."} | _WRONG)
            sale.refunds.append(part)
            sale.status = "Refunded" if sum(sale.refunds) == sale.amount else "Partially Refunded"
        return Answer(trouble or "refund", {"detail": "Transaction refund successful."})


_WRONG = {"error_key": "validation_error"}
