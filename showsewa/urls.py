"""The whole site on one page: route, view, and beside each API route who may call it.

Pages end in a slash; API routes do not, and every one of them answers under /api/ and /api/v1/ alike.
"""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from bookings import api as bookings_api
from bookings import views as bookings_views
from payments import api as payments_api
from payments import views as payments_views
from seatsync import api as seatsync_api
from venues import api as venues_api
from venues import views as venues_views

handler404 = "showsewa.problems.not_found"
handler500 = "showsewa.problems.server_error"

catalogue: list = [
    # venues: movies, showtimes, halls (OP4, OP5, OP17-OP20)
]

seats: list = [
    # seatsync: maps, reports of sales, blocks (OP1-OP3, OP6, OP7)
]

sales: list = [
    # bookings: holds, prices, bookings (OP8-OP10, OP12, OP13, OP24-OP26)
    path("bookings/hold", bookings_api.Hold.as_view()),  # anyone with a name; holds:write
    path("bookings/hold/<uuid:hold_id>", bookings_api.Release.as_view()),  # owner; holds:write
    path("bookings/hold/<uuid:hold_id>/extend", bookings_api.Extend.as_view()),  # owner; holds:write
    path("bookings/holds/<str:user_id>", bookings_api.ReleaseAll.as_view()),  # owner; holds:write
    path("pricing/calculate", bookings_api.Price.as_view()),  # owner, or who knows the hold; holds:write
    path("bookings/confirm", bookings_api.Confirm.as_view()),  # owner, or who knows the hold; bookings:write
    path("bookings", bookings_api.Bookings.as_view()),  # anyone with a name; bookings:write
    path("bookings/<uuid:booking_id>", bookings_api.Detail.as_view()),  # owner, ticket link; bookings:read
    path("bookings/<uuid:booking_id>/cancel", bookings_api.Cancel.as_view()),  # owner, ticket link; bookings:write
    path("bookings/<uuid:booking_id>/confirm", bookings_api.Finish.as_view()),  # owner; bookings:write
]

money: list = [
    # payments: process, initiate, webhook, refund, status (OP11, OP28-OP32)
    path("payments/process", payments_api.Process.as_view()),  # who knows the payment intent; bookings:write
    path("payments/initiate", payments_api.Initiate.as_view()),  # owner; bookings:write
    path("payments/simulate/<str:session>", payments_api.Simulate.as_view()),  # anyone; not in live mode
    path("payments/webhook", payments_api.Webhook.as_view()),  # a gateway's signature
    path("payments/webhook/<slug:gateway>", payments_api.Webhook.as_view()),  # a gateway's signature
    path("payments/refund/<uuid:booking_id>", payments_api.RefundBooking.as_view()),  # owner; payments:refund
    path("payments/status/<uuid:booking_id>", payments_api.Status.as_view()),  # owner, ticket link; bookings:read
]

operations: list = [
    # health, schema (OP45)
]

api = [*catalogue, *seats, *sales, *money, *operations]

pages: list = [
    # venues
    # bookings
    path("tickets/public-key", bookings_views.ticket_key, name="ticket-key"),
    # payments
]

urlpatterns = [
    path("api/v1/", include(api)),
    path("api/", include((api, "unversioned"))),
    path("admin/", admin.site.urls),
    path("login/", auth.LoginView.as_view(template_name="login.html"), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("i18n/", include("django.conf.urls.i18n")),
    *pages,
]

__all__ = [
    "bookings_api",
    "bookings_views",
    "payments_api",
    "payments_views",
    "seatsync_api",
    "venues_api",
    "venues_views",
]
