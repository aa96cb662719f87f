"""Reports through the API: the numbers, whose they are, which day they fall on, and the file they make."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from bookings.models import Booking, FeeRule, TaxRule
from seatsync import blocking
from seatsync.models import Channel, ShowSeat
from showsewa import money
from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api
from tests.payments.figures_stage import a_day_of_sales, confirmed_at, sell, signed_in

KATHMANDU = ZoneInfo("Asia/Kathmandu")
REPORTS = ["daily-bookings", "popular-movies", "channels", "occupancy", "health"]


@pytest.fixture
def manager(devi: User) -> Api:
    return signed_in(devi)


def today(stage: cast.Stage) -> str:
    return str(timezone.now().astimezone(ZoneInfo(stage.cinema.time_zone)).date())


def ask(api: Api, report: str, **headers: str) -> Any:
    answer = api.get(f"/reports/{report}", **headers)
    assert answer.status_code == 200, answer.content
    return answer


def items(api: Api, report: str) -> list[dict[str, Any]]:
    return list(ask(api, report).json()["items"])


def test_a_day_adds_up_to_what_was_sold_and_tells_of_what_came_back(
    stage: cast.Stage, chandra: User, manager: Api
) -> None:
    a_day_of_sales(stage, chandra)

    assert items(manager, "daily-bookings") == [
        {
            "date": today(stage), "totalBookings": 3, "totalTickets": 6, "totalRevenue": 2700, "fees": 0,
            "taxesOnTop": 0, "avgTicketPrice": 450, "currency": "NPR", "cancelledBookings": 1, "cancelledTickets": 1,
            "cancelledRevenue": 450, "refundedAmount": 450,
        }
    ]  # fmt: skip


def test_a_sale_before_and_one_after_midnight_are_of_two_days_the_newest_first(
    stage: cast.Stage, chandra: User, manager: Api
) -> None:
    late, early = sell(stage, chandra, "A1"), sell(stage, chandra, "A2", "A3")
    confirmed_at(datetime(2026, 11, 10, 23, 50, tzinfo=KATHMANDU), late)
    confirmed_at(datetime(2026, 11, 11, 0, 10, tzinfo=KATHMANDU), early)

    both = items(manager, "daily-bookings?from=2026-11-10&to=2026-11-11")
    first = items(manager, "daily-bookings?from=2026-11-10&to=2026-11-10")

    assert [(day["date"], day["totalTickets"]) for day in both] == [("2026-11-11", 2), ("2026-11-10", 1)]
    assert [(day["date"], day["totalTickets"]) for day in first] == [("2026-11-10", 1)]


def test_a_day_of_25_hours_has_all_its_sales(stage: cast.Stage, chandra: User, manager: Api) -> None:
    stage.cinema.time_zone = "Europe/London"
    stage.cinema.save(update_fields=["time_zone"])
    for seat, moment in (
        ("A1", datetime(2026, 10, 24, 22, 59, tzinfo=UTC)),  # 23:59 summer time, the day before
        ("A2", datetime(2026, 10, 24, 23, 0, tzinfo=UTC)),  # midnight
        ("A3", datetime(2026, 10, 25, 23, 59, tzinfo=UTC)),  # 23:59 winter time, 25 hours later
        ("A4", datetime(2026, 10, 26, 0, 0, tzinfo=UTC)),
    ):
        confirmed_at(moment, sell(stage, chandra, seat))

    days = items(manager, "daily-bookings?from=2026-10-25&to=2026-10-25")

    assert [(day["date"], day["totalBookings"]) for day in days] == [("2026-10-25", 2)]


def test_a_show_at_ten_to_twelve_and_one_at_ten_past_are_of_two_nights(stage: cast.Stage, manager: Api) -> None:
    day = timezone.now().astimezone(KATHMANDU).date() + timedelta(days=3)
    halls = [stage.hall, cast.make_hall(stage.cinema, name="Hall 2")]
    before, after = (
        cast.make_showtime(hall, stage.movie, starts_at=datetime.combine(on, at, KATHMANDU))
        for hall, on, at in zip(
            halls,
            (day, day + timedelta(days=1)),
            (datetime(1, 1, 1, 23, 50).time(), datetime(1, 1, 1, 0, 10).time()),
            strict=True,
        )
    )

    tonight = items(manager, f"occupancy?from={day}&to={day}")
    next_day = items(manager, f"occupancy?from={day + timedelta(days=1)}&to={day + timedelta(days=1)}")

    assert [show["showtimeId"] for show in tonight] == [str(before.pk)]
    assert [show["showtimeId"] for show in next_day] == [str(after.pk)]


def test_movies_are_told_by_revenue_and_no_more_than_asked_for(stage: cast.Stage, chandra: User, manager: Api) -> None:
    cheap = cast.Movie.objects.create(title="Momo Run", runtime_minutes=90)
    matinee = cast.make_showtime(
        cast.make_hall(stage.cinema, name="Hall 2"), cheap, starts_at=stage.showtime.starts_at, price=100
    )
    sell(stage, chandra, "A1", "A2")
    sell(stage, chandra, "A1", "A2", "A3", showtime=matinee)

    movies = items(manager, "popular-movies")

    told = [(one["title"], one["bookings"], one["ticketsSold"], one["revenue"]) for one in movies]
    assert told == [("Dal Bhat Power", 1, 2, 900), ("Momo Run", 1, 3, 300)]
    assert [one["title"] for one in items(manager, "popular-movies?limit=1")] == ["Dal Bhat Power"]


def test_a_movie_sold_a_week_ago_is_popular_no_longer(stage: cast.Stage, chandra: User, manager: Api) -> None:
    confirmed_at(timezone.now() - timedelta(days=8), sell(stage, chandra, "A1"))

    assert items(manager, "popular-movies") == []
    assert len(items(manager, "popular-movies?days=30")) == 1


def test_channels_and_sources_share_the_revenue(stage: cast.Stage, chandra: User, manager: Api) -> None:
    a_day_of_sales(stage, chandra)
    Channel.objects.filter(name="Moviepass").update(pricing="NET", percent=10)

    answer = ask(manager, "channels").json()

    told = [(one["channel"], one["source"], one["tickets"], one["revenue"], one["share"]) for one in answer["items"]]
    assert told == [
        ("Moviepass", "OTHER_PLATFORM", 3, 1350, 50),
        ("Counter", "WALK_IN", 2, 900, 33.33),
        ("Website", "SHOWSEWA", 1, 450, 16.67),
    ]
    assert [(one["source"], one["share"]) for one in answer["sources"]] == [
        ("OTHER_PLATFORM", 50), ("WALK_IN", 33.33), ("SHOWSEWA", 16.67),
    ]  # fmt: skip
    platform, counter, _web = answer["items"]
    assert (platform["pricing"], platform["commission"], platform["net"]) == ("NET", 150, 1350)
    assert (counter["pricing"], counter["commission"], counter["net"]) == ("LIST", 0, 900)


def test_fees_and_taxes_are_told_of_every_revenue_to_the_paisa(
    stage: cast.Stage, api: Api, chandra: User, manager: Api
) -> None:
    since = timezone.now().date() - timedelta(days=2)
    FeeRule.objects.create(name="Web fee", amount=Decimal("33.33"), starts_on=since, sold_by=FeeRule.SoldBy.WEB)
    FeeRule.objects.create(
        name="Glasses", amount=Decimal("10.01"), starts_on=since, sold_by=FeeRule.SoldBy.COUNTER, per="BOOKING"
    )
    TaxRule.objects.create(name="VAT", percent=13, starts_on=since, how=TaxRule.How.ON_TOP)
    for seats in (("A1", "A2", "A3"), ("B1",)):
        purchase.buy(api, stage, *seats)
    sell(stage, chandra, "C1", "C2")
    bookings = list(Booking.objects.all())

    (day,), (movie,) = items(manager, "daily-bookings"), items(manager, "popular-movies")
    answer = ask(manager, "channels").json()
    (line,) = csv.DictReader(io.StringIO(ask(manager, "daily-bookings?format=csv").content.decode("utf-8-sig")))

    fees, taxes = Decimal("143.33"), sum((one.tax for one in bookings), Decimal(0))
    seats_alone = Decimal(6 * 450)
    assert fees == sum(one.fee for one in bookings) and taxes > 0
    for told in ([day | {"revenue": day["totalRevenue"]}], [movie], answer["items"], answer["sources"]):
        summed = {name: sum(Decimal(str(one[name])) for one in told) for name in ("revenue", "fees", "taxesOnTop")}
        assert summed == {"revenue": seats_alone + fees + taxes, "fees": fees, "taxesOnTop": taxes}
    assert (Decimal(line["fees"]), Decimal(line["taxesOnTop"])) == (fees, taxes)
    page = manager.client.get("/admin/figures/").content.decode()
    assert money.text(fees, "NPR") in page and money.text(taxes, "NPR") in page


def test_of_a_mark_up_the_house_gets_the_list_price(stage: cast.Stage, chandra: User, manager: Api) -> None:
    a_day_of_sales(stage, chandra)
    Channel.objects.filter(name="Moviepass").update(pricing="MARKUP", percent=8)

    platform = items(manager, "channels")[0]

    assert (platform["revenue"], platform["net"], platform["commission"]) == (1350, 1250, 100)


def test_occupancy_counts_every_seat_once_and_a_lapsed_hold_as_free(
    stage: cast.Stage, chandra: User, manager: Api
) -> None:
    a_day_of_sales(stage, chandra)
    hold = Api().post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["B4", "B5"], "sessionToken": "s"})
    assert hold.status_code == 201
    ShowSeat.objects.filter(showtime=stage.showtime.pk, label="B5").update(
        held_until=timezone.now() - timedelta(seconds=1)
    )
    blocking.block(showtime_id=stage.showtime.pk, seats=["C4"], reason="broken", actor=cast.staff_actor(chandra))

    (show,) = items(manager, "occupancy")

    counted = {name: show[name] for name in ("capacity", "sold", "held", "blocked", "free", "occupancy", "addsUp")}
    assert counted == {
        "capacity": 15, "sold": 6, "held": 1, "blocked": 1, "free": 7, "occupancy": 40, "addsUp": True,
    }  # fmt: skip
    assert show["soldBySource"] == {"WALK_IN": 2, "SHOWSEWA": 1, "OTHER_PLATFORM": 3}


def test_occupancy_comes_page_by_page(stage: cast.Stage, manager: Api) -> None:
    halls = [cast.make_hall(stage.cinema, name=f"Hall {number}") for number in (2, 3)]
    for hall in halls:
        cast.make_showtime(hall, stage.movie, starts_at=stage.showtime.starts_at)

    seen, path = [], "occupancy?limit=1"
    for _page in range(3):
        answer = ask(manager, path).json()
        seen += [show["hall"] for show in answer["items"]]
        path = f"occupancy?limit=1&cursor={answer['nextCursor']}"

    assert sorted(seen) == ["Hall 1", "Hall 2", "Hall 3"]
    assert answer["nextCursor"] is None


def test_a_channel_counts_its_own_sales_and_nobody_elses(stage: cast.Stage, chandra: User) -> None:
    platform = Api(a_day_of_sales(stage, chandra))
    rival = Api(cast.till(stage))

    day = items(platform, "daily-bookings")[0]
    (sold,) = items(platform, "channels")
    (show,) = items(platform, "occupancy")
    (health,) = items(platform, "health")

    assert (day["totalBookings"], day["totalTickets"], day["totalRevenue"]) == (1, 3, 1350)
    assert (day["cancelledBookings"], day["refundedAmount"]) == (0, 0)
    assert (sold["channel"], sold["share"]) == ("Moviepass", 100)
    assert items(platform, "popular-movies")[0]["revenue"] == 1350
    assert (show["soldBySource"], show["sold"], show["addsUp"]) == ({"OTHER_PLATFORM": 3}, 6, None)
    assert health["channel"] == "Moviepass"
    assert "cost" not in ask(platform, "health").json()["openConflicts"]
    assert items(rival, "daily-bookings") == []
    assert items(rival, "popular-movies") == []
    assert items(rival, "channels") == []
    assert [one["soldBySource"] for one in items(rival, "occupancy")] == [{}]


def test_staff_count_their_own_cinemas_only(stage: cast.Stage, chandra: User, manager: Api) -> None:
    sell(stage, chandra, "A1")
    other = cast.make_stage(name="Rara Cinema")
    theirs = cast.make_user("else@example.com", role="manager", cinemas=(other.cinema,))
    sell(other, theirs, "A1", "A2")

    assert [day["totalTickets"] for day in items(manager, "daily-bookings")] == [1]
    assert [day["totalTickets"] for day in items(signed_in(theirs), "daily-bookings")] == [2]
    assert [show["cinema"] for show in items(manager, "occupancy")] == ["Himal Cinema"]
    boss = signed_in(User.objects.create_superuser("boss@example.com", "x"))
    assert [day["totalTickets"] for day in items(boss, "daily-bookings")] == [3]
    assert [day["totalTickets"] for day in items(boss, f"daily-bookings?cinema={other.cinema.slug}")] == [2]


@pytest.mark.parametrize("report", REPORTS)
def test_a_foreign_cinema_is_not_found(stage: cast.Stage, manager: Api, report: str) -> None:
    other = cast.make_stage(name="Rara Cinema")

    assert manager.get(f"/reports/{report}?cinema={stage.cinema.pk}").status_code == 200
    for name in (other.cinema.pk, other.cinema.slug, "no-such-place"):
        assert manager.get(f"/reports/{report}?cinema={name}").json()["code"] == "NOT_FOUND"
    assert Api(cast.moviepass(stage)).get(f"/reports/{report}?cinema={other.cinema.pk}").status_code == 404


@pytest.mark.parametrize("report", REPORTS)
def test_figures_are_for_managers_and_for_keys_that_may(
    stage: cast.Stage, api: Api, asha: User, chandra: User, manager: Api, report: str
) -> None:
    scopes = [scope for scope in cast.ALL_SCOPES if scope != "reports:read"]
    _channel, token = cast.make_channel(
        "Seatgo", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,), scopes=scopes
    )

    assert manager.get(f"/reports/{report}").status_code == 200
    assert api.get(f"/reports/{report}").status_code == 401
    assert signed_in(asha).get(f"/reports/{report}").status_code == 403
    assert signed_in(chandra).get(f"/reports/{report}").status_code == 403
    assert Api(token).get(f"/reports/{report}").json()["neededScope"] == "reports:read"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("daily-bookings?from=yesterday", "/from"),
        ("daily-bookings?to=2026-02-30", "/to"),
        ("daily-bookings?from=2026-11-12&to=2026-11-11", "/from"),
        ("daily-bookings?from=2024-01-01&to=2026-01-01", "/to"),
        ("daily-bookings?from=0001-01-01", "/from"),
        ("channels?to=9999-12-31", "/to"),
        ("occupancy?from=2026-11-01&to=2026-12-24", "/to"),
        ("occupancy?cursor=here", "/cursor"),
        ("occupancy?limit=201", "/limit"),
        ("popular-movies?days=0", "/days"),
        ("popular-movies?limit=many", "/limit"),
        ("health?from=2026-11-12&to=2026-11-11", "/from"),
    ],
)
def test_days_that_make_no_sense_are_refused_with_their_place(
    stage: cast.Stage, manager: Api, query: str, pointer: str
) -> None:
    answer = manager.get(f"/reports/{query}")

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("report", REPORTS)
def test_every_report_is_a_file_too(stage: cast.Stage, chandra: User, manager: Api, report: str) -> None:
    a_day_of_sales(stage, chandra)

    answer = ask(manager, report, Accept="text/csv")

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    table = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(table) == len(items(manager, report)) > 0
    assert set(items(manager, report)[0]) - {"soldBySource"} <= set(table[0])


def test_a_name_that_a_spreadsheet_would_run_is_text(stage: cast.Stage, chandra: User, manager: Api) -> None:
    for seat, title in (("A1", '=HYPERLINK("http://evil")'), ("A2", "@home"), ("A3", "\tTab"), ("A4", "दाल, भात")):
        movie = cast.Movie.objects.create(title=title, runtime_minutes=90)
        hall = cast.make_hall(stage.cinema, name=f"Hall of {seat}")
        show = cast.make_showtime(hall, movie, starts_at=stage.showtime.starts_at)
        sell(stage, chandra, seat, showtime=show)

    table = csv.DictReader(io.StringIO(ask(manager, "popular-movies", Accept="text/csv").content.decode()))

    titles = {row["title"] for row in table}
    assert titles == {'\'=HYPERLINK("http://evil")', "'@home", "'\tTab", "दाल, भात"}


def test_a_person_gets_a_file_that_excel_reads_as_utf_8(stage: cast.Stage, chandra: User, manager: Api) -> None:
    sell(stage, chandra, "A1")

    answer = ask(manager, "daily-bookings?format=csv&from=2026-11-01&to=2026-11-30")

    assert answer.content.startswith(b"\xef\xbb\xbfdate,")
    assert answer["Content-Disposition"] == 'attachment; filename="daily-bookings-2026-11-01-2026-11-30.csv"'


def test_a_refusal_is_a_problem_document_even_to_who_wants_a_file(stage: cast.Stage, manager: Api) -> None:
    answer = manager.get("/reports/daily-bookings?from=x", Accept="text/csv")

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_FAILED")
    assert manager.get("/reports/daily-bookings", Accept="image/png").status_code == 406


def test_a_live_site_leaves_its_sandbox_out_unless_asked_for_it(
    stage: cast.Stage, chandra: User, manager: Api, settings: Any
) -> None:
    sell(stage, chandra, "A1")
    settings.IS_LIVE = True

    assert items(manager, "daily-bookings") == []
    assert len(items(manager, f"daily-bookings?cinema={stage.cinema.pk}")) == 1


def test_thirty_days_are_told_unless_others_are_asked_for(stage: cast.Stage, chandra: User, manager: Api) -> None:
    last = date.fromisoformat(today(stage))
    noon = datetime.combine(last, datetime(1, 1, 1, 12).time(), KATHMANDU)
    for seat, days in (("A1", 0), ("A2", 29), ("A3", 30)):
        confirmed_at(noon - timedelta(days=days), sell(stage, chandra, seat))

    answer = ask(manager, "daily-bookings").json()

    assert (answer["from"], answer["to"]) == (str(last - timedelta(days=29)), str(last))
    assert [day["date"] for day in answer["items"]] == [str(last), str(last - timedelta(days=29))]
