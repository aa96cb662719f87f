"""The whole site on one page: route, view, and beside each API route who may call it.

Pages end in a slash; API routes do not, and every one of them answers under /api/ and /api/v1/ alike.
"""

from allauth.account import views as allauth
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, reverse_lazy
from django.views.generic import RedirectView

from bookings import api as bookings_api
from bookings import dialects as bookings_dialects
from bookings import views as bookings_views
from bookings.api import door as door_api
from bookings.api import parties as parties_api
from bookings.api import reviews as reviews_api
from bookings.api import waiting as waiting_api
from payments import api as payments_api
from payments import dialects as payments_dialects
from payments import views as payments_views
from payments.admin import equation as desk_equation
from payments.api import counter as counter_api
from payments.api import figures as figures_api
from payments.api import shifts as shifts_api
from payments.views import party as party_views
from payments.views import personal as personal_views
from payments.views import tickets as ticket_views
from payments.views import vouchers as voucher_views
from seatsync import api as seatsync_api
from seatsync import dialects as seatsync_dialects
from seatsync.api import webhooks as webhooks_api
from showsewa import api as operations_api
from showsewa import docs
from showsewa import views as accounts
from showsewa.admin import figures as desk_figures
from showsewa.admin import personal as desk_personal
from showsewa.admin import second_factor as desk_second_factor
from showsewa.admin import system as desk
from venues import api as venues_api
from venues import views as venues_views
from venues.views import waiting as waiting_views

handler400 = "showsewa.problems.bad_request"
handler403 = "showsewa.problems.forbidden"
handler404 = "showsewa.problems.not_found"
handler500 = "showsewa.problems.server_error"

catalogue: list = [
    # venues: movies, showtimes, halls (OP4, OP5, OP17-OP21, OP36-OP39)
    path("movies/now-showing", venues_api.NowShowing.as_view()),  # anyone; inventory:read
    path("search/shows", venues_api.SearchShows.as_view()),  # anyone; inventory:read
    path("showtimes/movie/<uuid:movie_id>", venues_api.ShowtimesOfMovie.as_view()),  # anyone; inventory:read
    path("venue", venues_api.Venues.as_view()),  # add_cinema; catalog:write
    path("venue/<uuid:venue_id>/hall", venues_api.Halls.as_view()),  # add_hall; catalog:write
    path("events", venues_api.Events.as_view()),  # add_movie; catalog:write
    path("events/<uuid:event_id>/showtimes", venues_api.Showtimes.as_view()),  # add_showtime; catalog:write
    # reading: anyone; inventory:read. writing: add_... and change_...; catalog:write
    path("movies", venues_api.Movies.as_view()),
    path("movies/<uuid:movie_id>", venues_api.OneMovie.as_view()),
    path("theatres", venues_api.Theatres.as_view()),
    path("theatres/<uuid:theatre_id>", venues_api.OneTheatre.as_view()),
    path("shows", venues_api.Shows.as_view()),
    path("shows/<uuid:show_id>", venues_api.OneShow.as_view()),
    path("seats/screens/<uuid:screen_id>", venues_api.Screen.as_view()),  # anyone; inventory:read
]

seats: list = [
    # seatsync: maps, reports of sales, blocks (OP1-OP3, OP6, OP7)
    path("showtimes/<uuid:showtime_id>/state", seatsync_api.State.as_view()),  # anyone; inventory:read
    path("showtimes/<uuid:showtime_id>/seats", seatsync_api.SeatMap.as_view()),  # anyone; inventory:read
    path("showtimes/<uuid:showtime_id>/prices", seatsync_api.Prices.as_view()),  # anyone; inventory:read
    path("showtimes/<uuid:showtime_id>/best", bookings_api.BestSeats.as_view()),  # anyone; inventory:read
    path("showtimes/<uuid:showtime_id>/inventory", seatsync_api.Inventory.as_view()),  # anyone; inventory:read
    path("seat-sync/availability/<uuid:showtime_id>", seatsync_api.Availability.as_view()),  # anyone; inventory:read
    path("seat-sync/bulk-update", seatsync_api.BulkUpdate.as_view()),  # seatsync:write
    path("seat-sync/block", seatsync_api.Block.as_view()),  # block_seats; seats:block
    path("seat-sync/unblock", seatsync_api.Unblock.as_view()),  # block_seats; seats:block
    path("seat-sync/conflicts", seatsync_api.Conflicts.as_view()),  # view_conflict; seatsync:write
    path("seat-sync/conflicts/<uuid:conflict_id>/answer", seatsync_api.AnswerConflict.as_view()),  # seatsync:write
    path("seat-sync/reconcile", seatsync_api.Reconcile.as_view()),  # seatsync:write
    path("seat-sync/reconcile/batch", seatsync_api.ReconcileBatch.as_view()),  # seatsync:write
    path("seat-sync/checksum/<uuid:showtime_id>", seatsync_api.Checksum.as_view()),  # inventory:read
    path("seat-sync/reconciliations", seatsync_api.Reconciliations.as_view()),  # view_reconciliation; seatsync:write
    path(
        "seat-sync/reconciliations/<uuid:reconciliation_id>", seatsync_api.OneReconciliation.as_view()
    ),  # view_reconciliation; seatsync:write
    path("seat-sync/events/<uuid:showtime_id>", seatsync_api.Events.as_view()),  # view_seatevent; inventory:read
    path("showtimes/<uuid:showtime_id>/events", webhooks_api.ShowtimeEvents.as_view()),  # as the one above
    path("channel", seatsync_api.WhoAmI.as_view()),  # any key
    path("allotments", seatsync_api.Allotments.as_view()),  # view_allotment; inventory:read
]

hooks: list = [
    # seatsync: webhooks and the feed (OP46); all of it webhooks:manage, a channel's own
    path("webhook-events", webhooks_api.WebhookEvents.as_view()),
    path("webhooks", webhooks_api.Webhooks.as_view()),
    path("webhooks/<uuid:webhook_id>", webhooks_api.OneWebhook.as_view()),
    path("webhooks/<uuid:webhook_id>/rotate", webhooks_api.Rotate.as_view()),
    path("webhooks/<uuid:webhook_id>/test", webhooks_api.Test.as_view()),
    path("webhooks/<uuid:webhook_id>/replay", webhooks_api.ReplaySince.as_view()),
    path("webhooks/<uuid:webhook_id>/deliveries", webhooks_api.Deliveries.as_view()),
    path("webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/replay", webhooks_api.Replay.as_view()),
]

sales: list = [
    # bookings: holds, prices, bookings (OP8-OP10, OP12, OP13, OP24-OP26)
    path("bookings/hold", bookings_api.Hold.as_view()),  # anyone with a name; holds:write
    path("bookings/hold/best", bookings_api.HoldBest.as_view()),  # anyone with a name; holds:write
    path("bookings/hold/<uuid:hold_id>", bookings_api.Release.as_view()),  # owner; holds:write
    path("bookings/hold/<uuid:hold_id>/extend", bookings_api.Extend.as_view()),  # owner; holds:write
    path("bookings/holds/<str:user_id>", bookings_api.ReleaseAll.as_view()),  # owner; holds:write
    path("pricing/calculate", bookings_api.Price.as_view()),  # owner, or who knows the hold; holds:write
    path("bookings/confirm", bookings_api.Confirm.as_view()),  # owner, or who knows the hold; bookings:write
    path("bookings", bookings_api.Bookings.as_view()),  # anyone with a name; bookings:write
    path("bookings/<uuid:booking_id>", bookings_api.Detail.as_view()),  # owner, ticket link; bookings:read
    path("bookings/<uuid:booking_id>/cancel", bookings_api.Cancel.as_view()),  # owner, ticket link; bookings:write
    path("bookings/<uuid:booking_id>/confirm", bookings_api.Finish.as_view()),  # owner; bookings:write
    # people with a name: a place in a rush, and on the list of a sold-out show; keys wait for nobody
    path("showtimes/<uuid:showtime_id>/waiting-room", waiting_api.WaitingRoom.as_view()),
    path("showtimes/<uuid:showtime_id>/waiting-list", waiting_api.WaitingList.as_view()),
    # owner, and then whoever has the link and a name; holds:write of the key that held
    path("bookings/<uuid:hold_id>/party", parties_api.Share.as_view()),
    path("parties/<slug:token>", parties_api.OneParty.as_view()),
    path("parties/<slug:token>/claim", parties_api.Claim.as_view()),
    path("parties/<slug:token>/give-back", parties_api.GiveBack.as_view()),
    path("reviews/<uuid:review_id>/helpful", reviews_api.Helpful.as_view()),  # people with an account
    path("reviews", reviews_api.Reviews.as_view()),  # reading: anyone; inventory:read. writing: who was there
    # the door: check_in
    path("showtimes/<uuid:showtime_id>/tickets", door_api.Manifest.as_view()),
    path("tickets/check-in", door_api.CheckIn.as_view()),
    path("tickets/<uuid:ticket_id>/check-in/undo", door_api.UndoCheckIn.as_view()),
]

money: list = [
    # payments: process, initiate, webhook, refund, status (OP11, OP28-OP32)
    path("payments/process", payments_api.Process.as_view()),  # who knows the payment intent; bookings:write
    path("payments/initiate", payments_api.Initiate.as_view()),  # owner; bookings:write
    path("payments/simulate/<slug:session>", payments_api.Simulate.as_view()),  # anyone; not in live mode
    path("payments/webhook", payments_api.Webhook.as_view()),  # a gateway's signature
    path("payments/webhook/<slug:gateway>", payments_api.Webhook.as_view()),  # a gateway's signature
    path("payments/refund/<uuid:booking_id>", payments_api.RefundBooking.as_view()),  # owner; payments:refund
    # owner, ticket link; bookings:write
    path("bookings/<uuid:booking_id>/exchange", payments_api.Exchange.as_view()),
    path("bookings/<uuid:booking_id>/voucher", payments_api.PayByVoucher.as_view()),
    path("payments/status/<uuid:booking_id>", payments_api.Status.as_view()),  # owner, ticket link; bookings:read
]

# The other seeds' spellings of what stands above: thin rows, one implementation.
dialects: list = [
    # seed 002: reserve, pay, confirm (OP14-OP16)
    path("events/<uuid:event_id>/seats", seatsync_dialects.SeatsOfEvent.as_view()),  # anyone; inventory:read
    path("events/<uuid:event_id>/seats/reserve", bookings_dialects.Order.as_view()),  # anyone with a name; holds:write
    path("events/<uuid:event_id>/seats/confirm", payments_dialects.Confirm.as_view()),  # owner; bookings:write
    path("orders/<uuid:order_id>/pay", payments_dialects.Pay.as_view()),  # owner; bookings:write
    # seed 003: reserve, prepare the payment (OP22, OP23)
    path("showtimes/<uuid:showtime_id>/seats/reserve", bookings_dialects.Reserve.as_view()),  # as above; holds:write
    # owner, or who knows the hold; bookings:write
    path("bookings/<uuid:booking_id>/preparePayment", payments_dialects.Prepare.as_view()),
    # seed 004: seats, holds, a user's bookings (OP27, OP33-OP35)
    path("seats/shows/<uuid:show_id>", seatsync_dialects.SeatsOfShow.as_view()),  # anyone; inventory:read
    path("seats/shows/<uuid:show_id>/available", seatsync_dialects.AvailableSeats.as_view()),  # anyone; inventory:read
    path("bookings/hold-seats", bookings_dialects.HoldSeats.as_view()),  # anyone with a name; holds:write
    path("bookings/user/<str:user_id>", bookings_dialects.OfUser.as_view()),  # that person; bookings:read
]

reports: list = [
    # payments: figures (OP41-OP43); a key's own sales, staff's own cinemas
    path("reports/daily-bookings", figures_api.DailyBookings.as_view()),  # view_figures; reports:read
    path("reports/popular-movies", figures_api.PopularMovies.as_view()),  # view_figures; reports:read
    path("reports/channels", figures_api.Channels.as_view()),  # view_figures; reports:read
    path("reports/occupancy", figures_api.Occupancy.as_view()),  # view_figures; reports:read
    path("reports/health", figures_api.Health.as_view()),  # view_figures; reports:read
]

operations: list = [
    # health, schema (OP45)
    path("health", operations_api.Health.as_view()),  # anyone
    path("schema", docs.Schema.as_view()),  # anyone
]
if not settings.IS_LIVE:
    operations.append(path("_noop", operations_api.Noop.as_view()))  # anyone: what benchmarks compare with

# Maps first: they are asked for most, and routes are tried in turn.
api = [*seats, *catalogue, *sales, *money, *dialects, *reports, *operations, *hooks]

pages: list = [
    # venues
    path("", venues_views.home, name="home"),
    path("search/", venues_views.search, name="search"),
    path("search/suggest/", venues_views.suggest, name="suggest"),
    path("coming/", venues_views.coming, name="coming"),
    path("week/", venues_views.week, name="week"),
    path("cinemas/<slug:slug>/", venues_views.cinema, name="cinema"),
    path("cinemas/<slug:slug>/favourite/", accounts.like_cinema, name="like-cinema"),
    path("genres/<path:genre>/", venues_views.genre, name="genre"),
    path("movies/<uuid:movie_id>/", venues_views.movie, name="movie"),
    path("movies/<uuid:movie_id>/tell-me/", venues_views.tell_me, name="tell-me"),
    path("movies/<uuid:movie_id>/favourite/", accounts.like_movie, name="like-movie"),
    path("n/<slug:code>/", venues_views.opening_notice, name="opening-notice"),
    path("movies/<uuid:movie_id>/review/", venues_views.review, name="review"),
    path("reviews/<uuid:review_id>/helpful/", venues_views.helpful, name="review-helpful"),
    path("posters/<uuid:movie_id>.svg", venues_views.poster, name="poster"),
    path("showtimes/<uuid:showtime_id>/", venues_views.showtime, name="showtime"),
    path("showtimes/<uuid:showtime_id>/hold/", venues_views.hold, name="hold"),
    path("showtimes/<uuid:showtime_id>/waiting/", waiting_views.room, name="waiting-room"),
    path("showtimes/<uuid:showtime_id>/waiting/state", waiting_views.room_state, name="room-state"),
    path("showtimes/<uuid:showtime_id>/waiting/leave/", waiting_views.leave_room, name="leave-room"),
    path("showtimes/<uuid:showtime_id>/waiting-list/", waiting_views.join_list, name="waiting-list"),
    path("waiting-list/<uuid:standby_id>/leave/", waiting_views.leave_list, name="leave-list"),
    # bookings
    path("bookings/<uuid:booking_id>/details/", bookings_views.details, name="details"),
    path("bookings/<uuid:booking_id>/extend/", bookings_views.extend, name="extend"),
    path("bookings/<uuid:booking_id>/release/", bookings_views.release, name="release"),
    path("bookings/<uuid:booking_id>/offer/", bookings_views.offer, name="offer"),
    path("bookings/<uuid:booking_id>/state", bookings_views.state, name="booking-state"),
    path("bookings/<uuid:booking_id>/calendar.ics", bookings_views.calendar, name="calendar"),
    path("bookings/<uuid:booking_id>/", bookings_views.ticket, name="ticket"),
    # a hold shared with friends: opened by its owner, then for whoever has the link
    path("bookings/<uuid:booking_id>/party/", party_views.open_party, name="open-party"),
    path("party/<slug:token>/", party_views.party, name="party"),
    path("party/<slug:token>/give-back/", party_views.give_back, name="give-back"),
    # tickets to take along: of a booking for its owner or ticket link, of a seat for whoever has its link
    path("bookings/offline.js", ticket_views.worker, name="ticket-worker"),
    path("bookings/<uuid:booking_id>/offline/", ticket_views.offline, name="offline-tickets"),
    path("bookings/<uuid:booking_id>/tickets/state", ticket_views.state, name="tickets-state"),
    path("bookings/<uuid:booking_id>/tickets.pdf", ticket_views.pdf, name="tickets-pdf"),
    path("bookings/<uuid:booking_id>/tickets/<uuid:ticket_id>/take-back/", ticket_views.take_back, name="take-back"),
    path("bookings/seat/<str:code>/", ticket_views.seat, name="seat-ticket"),
    path("bookings/seat/<str:code>/offline/", ticket_views.seat_offline, name="offline-seat"),
    path("bookings/seat/<str:code>/state", ticket_views.seat_state, name="seat-state"),
    path("bookings/seat/<str:code>/ticket.pdf", ticket_views.seat_pdf, name="seat-pdf"),
    path("bookings/seat/<str:code>/calendar.ics", ticket_views.seat_calendar, name="seat-calendar"),
    path("bookings/seat/<str:code>/ticket.pkpass", ticket_views.seat_apple, name="seat-apple"),
    path("bookings/seat/<str:code>/google/", ticket_views.seat_google, name="seat-google"),
    path("t/<str:code>", bookings_views.short_link, name="short-link"),
    path("find/", bookings_views.find, name="find-booking"),
    path("me/", bookings_views.my_bookings, name="my-bookings"),
    path("me/data/", personal_views.mine, name="my-data"),
    path("tickets/public-key", bookings_views.ticket_key, name="ticket-key"),
    # payments
    path("bookings/<uuid:booking_id>/pay/", payments_views.pay, name="pay"),
    path("bookings/<uuid:booking_id>/card/", payments_views.card, name="card"),
    path("bookings/<uuid:booking_id>/cancel/", payments_views.cancel, name="cancel"),
    path("bookings/<uuid:booking_id>/exchange/", payments_views.exchange, name="exchange"),
    path("bookings/<uuid:booking_id>/other-seat/", payments_views.other_seat, name="other-seat"),
    path("payments/go/<slug:sealed>/", payments_views.hand_over, name="hand-over"),
    path("payments/return/<slug:gateway>/<slug:sealed>/", payments_views.payment_return, name="payment-return"),
    path("bookings/<uuid:booking_id>/invoice/", payments_views.invoice, name="invoice"),
    path(
        "bookings/<uuid:booking_id>/invoice/<uuid:invoice_id>.pdf", payments_views.print_invoice, name="print-invoice"
    ),
    path("voucher/", voucher_views.look, name="voucher"),
    path("payments/fake-checkout/<slug:session>", payments_views.fake_checkout, name="fake-checkout"),
    # the counter: sell_at_counter
    path("counter/", payments_views.counter, name="counter"),
    path("counter/vouchers/", voucher_views.sell, name="sell-voucher"),  # sell_at_counter, issue_giftvoucher
    path("counter/voucher", counter_api.Voucher.as_view()),
    path("counter/shows", counter_api.Shows.as_view()),
    path("counter/shows/<uuid:showtime_id>", counter_api.Seats.as_view()),
    path("counter/shows/<uuid:showtime_id>/best", counter_api.Best.as_view()),
    path("counter/shows/<uuid:showtime_id>/state", counter_api.State.as_view()),
    path("counter/sell", counter_api.Sell.as_view()),
    path("counter/waiting", counter_api.Waiting.as_view()),
    path("counter/collect", counter_api.Collect.as_view()),
    path("counter/collect/voucher", counter_api.CollectByVoucher.as_view()),
    path("counter/shift", shifts_api.Shift.as_view()),
    path("counter/shift/open", shifts_api.Open.as_view()),
    path("counter/shift/close", shifts_api.Close.as_view()),
    path("counter/tickets/<uuid:booking_id>/", payments_views.counter_tickets),
    path("door/", payments_views.door, name="door"),  # check_in
    # the desk: view_conflict
    path("desk/conflicts", seatsync_api.Alarm.as_view(), name="conflict-alarm"),
    # operations
    path("docs", docs.Swagger.as_view(), name="docs"),
    path("docs/problems", docs.problems, name="problems"),
    path("api/docs", docs.Swagger.as_view()),
    path("api/redoc", docs.Redoc.as_view()),
]

# allauth's views under our addresses and its names; `login`, `register` and `logout` are the site's own words for them.
doors: list = [
    path("login/", allauth.login, name="account_login"),
    path("login/", allauth.login, name="login"),
    path("login/code/", allauth.request_login_code, name="account_request_login_code"),
    path("login/code/confirm/", allauth.confirm_login_code, name="account_confirm_login_code"),
    path("login/again/", allauth.reauthenticate, name="account_reauthenticate"),
    path("logout/", allauth.logout, name="account_logout"),
    path("logout/", allauth.logout, name="logout"),
    path("register/", allauth.signup, name="account_signup"),
    path("register/", allauth.signup, name="register"),
    path("register/confirm/", allauth.email_verification_sent, name="account_email_verification_sent"),
    path("account-closed/", allauth.account_inactive, name="account_inactive"),
    path("password/", allauth.password_reset, name="account_reset_password"),
    path("password/code/", allauth.confirm_password_reset_code, name="account_confirm_password_reset_code"),
    path("password/new/", allauth.complete_password_reset, name="account_complete_password_reset"),
    path(
        "password/done/",
        RedirectView.as_view(url=reverse_lazy("login")),
        name="account_password_reset_completed",
    ),
    path("me/account/email/", allauth.email, name="account_email"),
    path("me/account/password/", allauth.password_change, name="account_change_password"),
    path("me/account/password/new/", allauth.password_set, name="account_set_password"),
]

urlpatterns = [
    path("api/v1/", include(api)),
    path("api/", include((api, "unversioned"))),
    path("admin/audit/", admin.site.admin_view(desk.oracle), name="audit"),
    path("admin/promises/", admin.site.admin_view(desk.failed_promises), name="failed-promises"),
    path("admin/figures/", admin.site.admin_view(desk_figures.figures), name="figures"),
    path("admin/equation/", admin.site.admin_view(desk_equation.page), name="equation"),
    path("admin/equation/rows/", admin.site.admin_view(desk_equation.rows), name="equation-rows"),
    path("admin/board/", admin.site.admin_view(desk_figures.board), name="board"),
    path("admin/personal-data/", admin.site.admin_view(desk_personal.personal_data), name="personal-data"),
    path("admin/second-factor/", admin.site.admin_view(desk_second_factor.enrol), name="second-factor"),
    path("admin/login/", accounts.staff_login),
    path("admin/", admin.site.urls),
    path("me/account/", accounts.profile, name="profile"),
    *doors,
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
