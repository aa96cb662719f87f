"""Who may do what: role -> permissions, one table. `sync_roles` (after migrate) makes the groups equal to it."""

from typing import Final

ADMIN: Final = "admin"
MANAGER: Final = "manager"
COUNTER: Final = "counter"

_VIEW = [
    "venues.view_cinema",
    "venues.view_hall",
    "venues.view_halllayout",
    "venues.view_movie",
    "venues.view_showtime",
    "venues.view_price",
    "venues.view_pricecard",
    "seatsync.view_showinventory",
    "seatsync.view_showseat",
    "seatsync.view_seatevent",
    "seatsync.view_conflict",
    "seatsync.view_seatreport",
    "seatsync.view_allotment",
    "bookings.view_booking",
    "bookings.view_ticket",
    "bookings.view_review",
    "bookings.view_notice",
]

_MANAGE = [
    *_VIEW,
    "venues.change_cinema",
    "venues.add_hall",
    "venues.change_hall",
    "venues.add_halllayout",
    "venues.add_movie",
    "venues.change_movie",
    "venues.add_showtime",
    "venues.change_showtime",
    "venues.add_price",
    "venues.change_price",
    "venues.add_pricecard",
    "venues.change_pricecard",
    "venues.delete_pricecard",
    "seatsync.block_seats",
    "seatsync.change_conflict",
    "seatsync.add_allotment",
    "seatsync.change_allotment",
    "seatsync.view_reconciliation",
    "seatsync.change_reconciliation",
    "seatsync.view_salesfile",
    "seatsync.add_salesfile",
    "seatsync.view_channel",
    "seatsync.view_channelkey",
    "seatsync.view_subscription",
    "seatsync.view_delivery",
    "seatsync.view_announcement",
    "seatsync.view_channelnotice",
    "bookings.sell_at_counter",
    "bookings.cancel_booking",
    "bookings.resend_notice",
    "bookings.check_in",
    "bookings.hide_review",
    "bookings.view_promocode",
    "bookings.add_promocode",
    "bookings.change_promocode",
    "payments.view_payment",
    "payments.view_refund",
    "payments.refund_booking",
    "payments.retry_refund",
    "payments.view_webhookevent",
    "payments.view_figures",
]

# admin is a superuser's everyday group: everything a manager may, plus people, channels and their keys.
PERMISSIONS: Final[dict[str, list[str]]] = {
    ADMIN: [
        *_MANAGE,
        "venues.add_cinema",
        "showsewa.view_user",
        "showsewa.add_user",
        "showsewa.change_user",
        "seatsync.add_channel",
        "seatsync.change_channel",
        "seatsync.add_channelkey",
        "seatsync.change_channelkey",
        "seatsync.add_subscription",
        "seatsync.change_subscription",
        "showsewa.view_heartbeat",
    ],
    MANAGER: _MANAGE,
    COUNTER: [*_VIEW, "bookings.sell_at_counter", "bookings.check_in", "bookings.resend_notice"],
}
