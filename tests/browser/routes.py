"""Where each address of the site is looked at, by its name in showsewa/urls.py; test_routes.py misses no one."""

# test_every_page.py
VISITORS = {
    "home", "search", "coming", "week", "cinema", "genre", "movie", "showtime", "waiting-room", "waiting-list",
    "details", "ticket", "offline-tickets", "seat-ticket", "offline-seat", "find-booking", "my-bookings", "my-data",
    "pay", "cancel", "exchange", "invoice", "voucher", "fake-checkout", "problems", "profile", "login", "register",
}  # fmt: skip

# test_rare_pages.py
ACCOUNT = {
    "account_request_login_code", "account_confirm_login_code", "account_reauthenticate", "logout",
    "account_email_verification_sent", "account_inactive", "account_reset_password",
    "account_confirm_password_reset_code", "account_complete_password_reset", "account_email",
    "account_change_password", "account_set_password",
}  # fmt: skip
IN_MAILS = {"other-seat", "opening-notice", "leave-list"}
PAYING = {"card", "hand-over"}
OF_THE_API = {"docs", "api/docs"}

# test_parties.py
AMONG_FRIENDS = {"party"}

# test_staff_pages.py
STAFF = {
    "counter", "sell-voucher", "door", "audit", "failed-promises", "figures", "equation", "equation-rows", "board",
    "personal-data", "second-factor",
}  # fmt: skip

# They answer with something else than a page of ours.
NO_PAGES = {
    "poster", "suggest", "calendar", "ticket-key", "room-state", "booking-state", "print-invoice",
    "ticket-worker", "tickets-state", "tickets-pdf", "seat-state", "seat-pdf", "seat-calendar", "seat-apple",
    "seat-google", "counter/tickets/<uuid:booking_id>/",
}  # fmt: skip
# Somebody else's from top to bottom, and too long for axe-core to read: seed 004 names its address, /docs is ours.
NOT_OURS = {"api/redoc"}
# They take a form or a link and lead on.
WAYS = {
    "hold", "extend", "release", "offer", "review", "tell-me", "leave-room", "short-link", "payment-return",
    "take-back", "review-helpful", "like-movie", "like-cinema", "open-party", "give-back", "set_language",
    "admin/login/", "account_password_reset_completed",
}  # fmt: skip

# Two names lead to one page: the site's own word counts.
_SAME = {"account_login": "login", "account_signup": "register", "account_logout": "logout"}


def name_of(name: str | None, route: str) -> str:
    return _SAME.get(name or route, name or route)
