"""eSewa as its ePay v2 page documents it: the signed form, its own page, the signed way back, the status check."""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.gateways.company import BROKEN, GARBAGE, LOST, SLOW, Answer, Company, Refused, Request, button, page

FIELDS = {
    "amount", "tax_amount", "total_amount", "transaction_uuid", "product_code", "product_service_charge",
    "product_delivery_charge", "success_url", "failure_url", "signed_field_names", "signature",
}  # fmt: skip
SIGNED = "total_amount,transaction_uuid,product_code"
KEY, PRODUCT = "8gBm/:&EnhH.1/q", "EPAYTEST"


@dataclass
class Sale:
    total: Decimal
    success_url: str
    failure_url: str
    status: str = "PENDING"
    ref_id: str | None = None


class EsewaCompany(Company):
    """keys: product code -> secret. sales: by transaction_uuid."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = {PRODUCT: KEY}
        self.sales: dict[str, Sale] = {}

    def answer(self, method: str, path: str, query: dict[str, str], request: Request) -> Answer:
        if (method, path) == ("POST", "/api/epay/main/v2/form"):
            return self._form(request.form)
        if (method, path) == ("POST", "/press"):
            return self._press(request.form)
        if (method, path) == ("GET", "/api/epay/transaction/status/"):
            return self._status(query)
        raise Refused(404, "no such page")

    def _form(self, form: dict[str, str]) -> Answer:
        self.take_trouble("form")
        if set(form) != FIELDS:
            raise Refused(400, f"fields: {sorted(set(form) ^ FIELDS)}")
        if form["signed_field_names"] != SIGNED:
            raise Refused(400, "signed_field_names")
        if form["product_code"] not in self.keys or form["signature"] != self.sign(form):
            raise Refused(401, "ES104: Invalid payload signature.")
        parts = ("amount", "tax_amount", "product_service_charge", "product_delivery_charge")
        if sum(Decimal(form[name]) for name in parts) != Decimal(form["total_amount"]):
            raise Refused(400, "total_amount is not the sum")
        uuid = form["transaction_uuid"]
        if not re.fullmatch(r"[A-Za-z0-9-]+", uuid) or (uuid in self.sales and self.sales[uuid].ref_id):
            raise Refused(409, "Duplicate transaction UUID.")
        if not all(re.match(r"https?://[^?]+$", form[name]) for name in ("success_url", "failure_url")):
            raise Refused(400, "success_url and failure_url must be addresses")
        self.sales[uuid] = Sale(Decimal(form["total_amount"]), form["success_url"], form["failure_url"])
        buttons = button("/press", "pay", "Pay", uuid=uuid), button("/press", "cancel", "Cancel", uuid=uuid)
        return Answer("form", page(f"eSewa: pay Rs {form['total_amount']}", *buttons))

    def _press(self, form: dict[str, str]) -> Answer:
        sale = self.sales[form["uuid"]]
        if form["press"] != "pay":
            return Answer("press", location=sale.failure_url)
        self.pay(form["uuid"])
        return Answer("press", location=f"{sale.success_url}?data={self.data(form['uuid'])}")

    def pay(self, uuid: str, *, status: str = "COMPLETE") -> None:
        sale = self.sales[uuid]
        sale.status, sale.ref_id = status, sale.ref_id or f"000{uuid[-9:].upper()}"

    def data(self, uuid: str, **changes: Any) -> str:
        """What the buyer brings back, numbers spelt as eSewa spells them. changes: after signing, as a forger would."""
        sale = self.sales[uuid]
        said: dict[str, Any] = {
            "transaction_code": sale.ref_id,
            "status": sale.status,
            "total_amount": float(sale.total),
            "transaction_uuid": uuid,
            "product_code": PRODUCT,
            "signed_field_names": f"transaction_code,status,{SIGNED},signed_field_names",
        }
        said["signature"] = self.sign(said)
        return base64.b64encode(json.dumps(said | changes).encode()).decode()

    def sign(self, said: dict[str, Any]) -> str:
        text = ",".join(f"{name}={said[name]}" for name in said["signed_field_names"].split(","))
        key = self.keys[said["product_code"]].encode()
        return base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()

    def _status(self, query: dict[str, str]) -> Answer:
        trouble = self.take_trouble("status")
        if trouble in (BROKEN, GARBAGE):
            return Answer(trouble, "<h1>Oops</h1>", status=500 if trouble == BROKEN else 200)
        if set(query) != {"product_code", "total_amount", "transaction_uuid"} or query["product_code"] not in self.keys:
            raise Refused(400, {"code": 0, "error_message": "Service is currently unavailable"})
        sale = self.sales.get(query["transaction_uuid"])
        said: dict[str, Any] = {name: query[name] for name in ("product_code", "transaction_uuid")}
        if sale is None:
            said |= {"total_amount": float(query["total_amount"]), "status": "NOT_FOUND", "ref_id": None}
        else:
            said |= {"total_amount": float(sale.total), "status": sale.status, "ref_id": sale.ref_id}
        return Answer(trouble if trouble in (SLOW, LOST) else "status", said)
