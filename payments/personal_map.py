"""Every table that may hold what belongs to a person: where it is handed out, how it is erased, and if not, why not.

A test walks the models against this list, and the export against its sections.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """told: the section of the export, or untold: why there is none. erased: what goes, or stays: why nothing does."""

    told: str = ""
    untold: str = ""
    erased: str = ""
    stays: str = ""


_OF_STAFF = Table(untold="says what staff did", stays="who did it is part of the books")
_OF_BUSINESS = Table(untold="of a business, not of a person", stays="of a business, not of a person")
_OF_THINGS = Table(untold="the name of a thing", stays="the name of a thing")
_JOURNAL = Table(untold="keys without names, of seats", stays="a key says nothing once its account has no name")
_SIGNING_IN = Table(untold="a secret of the account", stays="opens nothing once the account is closed")

TABLES: dict[str, Table] = {
    "showsewa.User": Table(told="account", erased="names, address, phone, city; the account is closed"),
    "showsewa.UserEvent": Table(untold="the account as it was", erased="as the account"),
    "showsewa.User_groups": _OF_STAFF,
    "showsewa.User_user_permissions": _OF_STAFF,
    "showsewa.StoredAnswer": Table(untold="answers that were given already", erased="their bodies"),
    "account.EmailAddress": Table(told="account", erased="the row"),
    **dict.fromkeys(("auth.Group", "auth.Permission"), _OF_THINGS),
    "admin.LogEntry": Table(untold="says what staff did", erased="the words about an account"),
    "sessions.Session": _SIGNING_IN,
    "otp_totp.TOTPDevice": _SIGNING_IN,
    "otp_static.StaticDevice": _SIGNING_IN,
    "pghistory.Context": _OF_STAFF,
    "venues.Cinema": _OF_BUSINESS,
    "venues.CinemaEvent": _OF_BUSINESS,
    "venues.Cinema_staff": _OF_STAFF,
    **dict.fromkeys(("venues.Hall", "venues.HallEvent", "venues.Movie", "venues.MovieEvent"), _OF_THINGS),
    "seatsync.SeatEvent": _JOURNAL,
    "seatsync.Channel": _OF_BUSINESS,
    "seatsync.ChannelEvent": _OF_BUSINESS,
    "seatsync.ChannelNotice": _OF_BUSINESS,
    "seatsync.Delivery": _OF_BUSINESS,
    "seatsync.Announcement": Table(
        untold="seats and references, told to channels", stays="names nobody; gone after days"
    ),
    "seatsync.SeatReport": _OF_THINGS,
    "seatsync.ChannelKey": _OF_BUSINESS,
    "seatsync.ChannelKeyEvent": _OF_BUSINESS,
    "seatsync.Allotment": _OF_STAFF,
    "seatsync.AllotmentEvent": _OF_STAFF,
    "seatsync.Conflict": _OF_STAFF,
    "seatsync.SalesFile": _OF_STAFF,
    "seatsync.Reconciliation": _OF_STAFF,
    "seatsync.OpeningNotice": Table(told="openingNotices", erased="the row"),
    "bookings.Booking": Table(told="bookings", erased="names, address, phone, the reason given"),
    "bookings.CheckIn": _OF_STAFF,
    "bookings.Exchange": Table(told="exchanges", stays="seats and money, and a key without a name"),
    "bookings.Favourite": Table(told="account", erased="the row"),
    **dict.fromkeys(("bookings.FeeRule", "bookings.FeeRuleEvent"), _OF_THINGS),
    **dict.fromkeys(("bookings.TaxRule", "bookings.TaxRuleEvent"), _OF_THINGS),
    "bookings.HelpfulVote": Table(told="helpfulVotes", erased="the row"),
    "bookings.Notice": Table(told="notices", erased="what it said"),
    "bookings.PromoBatch": _OF_STAFF,
    "bookings.PromoUse": Table(untold="the same names as in the booking", erased="whose it was"),
    "bookings.Review": Table(told="reviews", erased="the name under it"),
    "bookings.ReviewEvent": Table(untold="the review as it was", erased="as the review"),
    "bookings.Standby": Table(told="waitingLists", erased="address and phone, as soon as it ends"),
    "bookings.Visitor": Table(untold="a place in a short queue", stays="a key without a name, gone after the show"),
    "payments.WebhookEvent": Table(untold="a gateway's own words", erased="what it said"),
    "payments.FakeMessage": Table(untold="of the demo's own gateway", stays="of the demo's own gateway"),
    "payments.Refund": Table(told="payments", erased="notes"),
    "payments.RefundEvent": Table(untold="the refund as it was", erased="as the refund"),
    "payments.Case": Table(untold="what staff found out about money", erased="notes"),
    "payments.Invoice": Table(told="invoices", stays="the law wants it as it was written"),
    "payments.InvoiceBuyer": Table(told="invoices", stays="the law wants it as it was written"),
    "payments.InvoiceCopy": _OF_STAFF,
    "payments.SettlementLine": _OF_STAFF,
    "payments.SettlementFile": _OF_STAFF,
    "payments.CashCount": _OF_STAFF,
    "payments.GiftVoucher": Table(told="vouchers", stays="belongs to whoever holds its code, and names nobody"),
    "payments.VoucherEntry": Table(told="vouchers", stays="a ledger only grows; its lines name payments, not people"),
}
