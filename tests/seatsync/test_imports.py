"""A platform without an API: its file through the steps of the desk, and what mends the differences."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bookings import salesfile
from bookings.models import Booking
from bookings.services import holds
from payments import audit
from seatsync.models import Channel, Conflict, Reconciliation, SalesFile
from showsewa.models import User
from tests import cast
from tests.cast import Stage
from tests.conftest import Api

COLUMNS = {
    "reference": "1", "seat": "2", "row": "", "number": "", "showtime": "0", "cinema": "", "hall": "", "date": "",
    "time": "", "status": "", "sold_at": "", "sold_words": "sold", "dates": "ymd", "zone": "", "is_whole": "all",
}  # fmt: skip


@pytest.fixture
def desk(devi: User) -> Client:
    return _signed_in(devi)


@pytest.fixture
def quickshow(stage: Stage) -> Channel:
    """A platform that can do nothing but export."""
    return cast.make_channel("Quickshow", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,))[0]


def upload(desk: Client, channel: Channel, raw: bytes | str, **more: str) -> Any:
    file = SimpleUploadedFile("sales.csv", raw if isinstance(raw, bytes) else raw.encode())
    sent = {"channel": str(channel.pk), "file": file, "encoding": "", "delimiter": ""} | more
    return desk.post(reverse("admin:seatsync_salesfile_add"), sent)


def page(name: str, row: Any = None) -> str:
    return reverse(f"admin:seatsync_{name}", args=[row.pk if row else SalesFile.objects.get().pk])


def look(desk: Client, **columns: str) -> Any:
    """Choose the columns and see the preview."""
    answer = desk.post(page("salesfile_columns"), COLUMNS | columns)
    assert answer.status_code == 302, answer.context["form"].errors
    return desk.get(answer["Location"])


def kept(desk: Client) -> Reconciliation:
    assert desk.post(page("salesfile_preview")).status_code == 302
    return Reconciliation.objects.latest("created_at")


def lines(stage: Stage, *rows: str, header: str = "show,ref,seat") -> str:
    return "\n".join([header, *(f"{stage.path},{row}" for row in rows)])


def fix(desk: Client, row: Reconciliation, *seats: str, only: str = "") -> Any:
    sent: dict[str, Any] = {"seats": seats} | ({"only": only} if only else {})
    return desk.post(page("reconciliation_fix", row), sent, follow=True)


def test_from_upload_to_fixed_and_the_second_time_it_agrees(desk: Client, stage: Stage, quickshow: Channel) -> None:
    _sell(stage, quickshow, "QS-2", "A3", "B1")
    sent = lines(stage, "QS-1,A1", "QS-1,A2", "QS-3,B1")

    assert upload(desk, quickshow, sent)["Location"] == page("salesfile_columns")
    seen = look(desk).context["rows"]
    assert [(row["listed"], row["ours"], row["kinds"]) for row in seen] == [
        (3, 2, [(2, "A1, A2"), (1, "A3"), (1, "B1")])
    ]
    assert stage.states()["A1"] == "AVAILABLE"
    row = kept(desk)
    assert (row.origin, row.is_clean, len(row.differences)) == ("FILE", False, 4)
    assert not SalesFile.objects.exists()

    told = fix(desk, row, "A1", "A2", "A3", "B1").content.decode()

    assert "4 seats fixed." in told
    states = stage.states()
    assert [states[seat] for seat in ("A1", "A2", "A3", "B1")] == ["BOOKED", "BOOKED", "AVAILABLE", "BOOKED"]
    sales = Booking.objects.filter(channel=quickshow, status="CONFIRMED").order_by("external_reference")
    assert [(sale.external_reference, sale.seat_labels) for sale in sales] == [("QS-1", ["A1", "A2"]), ("QS-3", ["B1"])]
    row.refresh_from_db()
    assert {one["fixed"]["name"] for one in row.differences} == {"Devi"}
    assert audit.violations() == []
    upload(desk, quickshow, sent)
    look(desk)
    assert kept(desk).is_clean


def test_the_journal_names_the_channel_and_who_acted_in_its_name(
    desk: Client, stage: Stage, quickshow: Channel
) -> None:
    upload(desk, quickshow, lines(stage, "QS-1,A1"))
    look(desk)

    fix(desk, kept(desk), "A1")

    event = stage.journal()[-1]
    assert (event.actor, event.reference) == (f"channel:{quickshow.pk}", "QS-1")
    assert event.reason.endswith("/ Devi")


def test_one_line_may_be_fixed_alone_and_a_fixed_one_is_not_fixed_again(
    desk: Client, stage: Stage, quickshow: Channel
) -> None:
    upload(desk, quickshow, lines(stage, "QS-1,A1", "QS-2,A2"))
    look(desk)
    row = kept(desk)

    fix(desk, row, "A1", "A2", only="A1")

    assert (stage.states()["A1"], stage.states()["A2"]) == ("BOOKED", "AVAILABLE")
    assert fix(desk, row, "A1").context["form"].errors
    assert "1 difference" in desk.get(reverse("admin:seatsync_reconciliation_changelist")).content.decode()


def test_a_missing_seat_that_another_bought_becomes_a_conflict(desk: Client, stage: Stage, quickshow: Channel) -> None:
    till, _token = cast.make_channel("Till", kind="THEATRE", sources=["WALK_IN"], cinemas=(stage.cinema,))
    _sell(stage, till, "POS-1", "A1", source="WALK_IN")
    upload(desk, quickshow, lines(stage, "QS-1,A1"))
    preview = look(desk)
    assert "POS-1" not in preview.content.decode()

    told = fix(desk, kept(desk), "A1").content.decode()

    assert "1 seat is sold twice" in told
    case = Conflict.objects.get()
    assert (case.channel, case.reference, case.holder_reference) == (quickshow, "QS-1", "POS-1")
    assert Booking.objects.get(external_reference="POS-1").status == "CONFIRMED"


def test_a_fix_wins_over_a_hold_as_a_report_does(desk: Client, stage: Stage, quickshow: Channel) -> None:
    held = holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A1", "A2"], actor=cast.ASHA).booking
    upload(desk, quickshow, lines(stage, "QS-1,A1"))
    look(desk)

    row = kept(desk)
    fix(desk, row, "A1")

    row.refresh_from_db()
    assert row.differences[0]["fixed"]["outcome"] == "applied_over_hold"
    held.refresh_from_db()
    assert held.seat_labels == ["A2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_dialects_are_found_out(encoding: str, delimiter: str) -> None:
    text = delimiter.join(["Show", "Référence", "Seat"]) + "\r\n" + delimiter.join(["1", "आरक्षण", '"A1"']) + "\r\n"

    table = salesfile.read(text.encode(encoding))

    assert table.header == ["Show", "Référence", "Seat"]
    assert table.lines == [(2, ["1", "आरक्षण", "A1"])]


def test_hall_date_and_time_name_the_show_and_row_and_number_the_seat(
    desk: Client, stage: Stage, quickshow: Channel
) -> None:
    start = stage.showtime.starts_at.astimezone(ZoneInfo("Asia/Kathmandu"))
    stage.showtime.starts_at = start.replace(second=0, microsecond=0)
    stage.showtime.save(update_fields=["starts_at"])
    head = "Hall;Date;Time;Row;No;Ticket;State;Booked"
    rows = [
        f"hall 1;{start:%d.%m.%Y};{start:%H:%M};a;01;QS-1;Paid;{start:%d/%m/%Y} 00:10",
        f"Hall 1;{start:%d/%m/%Y};{start:%I:%M %p};B;2;QS-2;Refunded;",
        f"Hall 9;{start:%d/%m/%Y};{start:%H:%M};B;3;QS-3;Paid;",
    ]
    upload(desk, quickshow, "\n".join([head, *rows]))

    seen = look(
        desk, showtime="", hall="0", date="1", time="2", seat="", row="3", number="4", reference="5", status="6",
        sold_at="7", sold_words="paid", dates="dmy",
    )  # fmt: skip

    assert [(row["listed"], row["kinds"][0]) for row in seen.context["rows"]] == [(1, (1, "A1"))]
    assert [(fault.number, fault.reason) for fault in seen.context["faulty_lines"]] == [
        (4, "There is no such showtime.")
    ]
    assert dict(seen.context["seen"].left_out) == {"Refunded": 1}
    row = kept(desk)
    midnight = start.replace(hour=0, minute=10, second=0, microsecond=0).astimezone(ZoneInfo("UTC"))
    assert row.differences[0]["soldAt"] == midnight.isoformat()


def test_faulty_lines_are_named_and_then_nothing_counts_as_cancelled(
    desk: Client, stage: Stage, quickshow: Channel
) -> None:
    _sell(stage, quickshow, "QS-9", "C1")
    other = cast.make_stage(name="Rara Cinema")
    rows = ["QS-1,A1", ",A2", "QS-3,", "QS-4,Z99", "QS-5,A1", "QS-1,A1"]
    upload(desk, quickshow, lines(stage, *rows) + f"\n\n{other.path},QS-6,A1\nnonsense,QS-7,A1")

    seen = look(desk).context

    assert [(fault.number, fault.reason) for fault in seen["faulty_lines"]] == [
        (3, "No reference."),
        (4, "No seat."),
        (5, "This showtime has no seat “Z99”."),
        (6, "A1 is listed on line 2 already."),
        (9, "There is no such showtime."),
        (10, "There is no such showtime."),
    ]
    assert [row["kinds"] for row in seen["rows"]] == [[(1, "A1"), (0, ""), (0, "")]]
    assert kept(desk).listed is None


def test_a_file_of_some_sales_says_nothing_of_the_others(desk: Client, stage: Stage, quickshow: Channel) -> None:
    _sell(stage, quickshow, "QS-9", "C1")
    upload(desk, quickshow, lines(stage, "QS-1,A1"))

    assert look(desk, is_whole="some").context["rows"][0]["kinds"] == [(1, "A1"), (0, ""), (0, "")]


def test_cells_that_a_spreadsheet_would_run_leave_as_text(desk: Client, stage: Stage, quickshow: Channel) -> None:
    evil = '=HYPERLINK("http://evil.example")'
    upload(desk, quickshow, lines(stage, '"=HYPERLINK(""http://evil.example"")",A1', "@SUM(1),"))
    look(desk)
    assert "'@SUM(1)" in desk.get(page("salesfile_faulty")).content.decode()

    sent = desk.get(page("reconciliation_export", kept(desk))).content.decode()

    assert "'=HYPERLINK" in sent
    assert f",{evil}" not in sent


def test_the_columns_are_remembered_by_name_for_the_next_file(desk: Client, stage: Stage, quickshow: Channel) -> None:
    upload(desk, quickshow, lines(stage, "QS-1,A1"))
    look(desk, zone="UTC", sold_words="gone, done")
    kept(desk)

    upload(desk, quickshow, f"seat,ref,other,show\nA1,QS-1,x,{stage.path}")

    initial = desk.get(page("salesfile_columns")).context["form"].initial
    assert [initial[name] for name in ("reference", "seat", "showtime", "status")] == [1, 0, 3, None]
    assert (initial["zone"], initial["sold_words"]) == ("UTC", "gone, done")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b"only one column\nx", "Only one column"),
        (b"a,b\n" + b"x,y\n" * 20_001, "more than 20000 lines"),
        (b"a,b\n\xff\xfe\xfa,y", "not in this encoding"),
        (b"a,b\n\x00\x00\x00,y", "not a text file"),
        (b'a,b\n"' + b"x" * 200_000, "Line 2 cannot be read"),
        (b"a,b\n" + b"x" * 5_000_001, "larger than 5 MB"),
    ],
)
def test_what_is_no_table_is_refused(desk: Client, quickshow: Channel, raw: bytes, said: str) -> None:
    answer = upload(desk, quickshow, raw)

    assert answer.status_code in (200, 422)
    assert said in str(answer.context["form"].errors)
    assert not SalesFile.objects.exists()


def test_columns_must_name_seat_show_and_reference(desk: Client, stage: Stage, quickshow: Channel) -> None:
    upload(desk, quickshow, lines(stage, "QS-1,A1"))

    for missing, field in (("reference", "reference"), ("seat", "seat"), ("showtime", "showtime")):
        answer = desk.post(page("salesfile_columns"), COLUMNS | {missing: ""})
        assert list(answer.context["form"].errors) == [field]
    assert desk.get(page("salesfile_preview"))["Location"] == page("salesfile_columns")


def test_an_import_is_its_uploaders_and_is_kept_once(desk: Client, stage: Stage, quickshow: Channel) -> None:
    upload(desk, quickshow, lines(stage, "QS-1,A1"))
    look(desk)
    colleague = cast.make_user("gita@example.com", role="manager", cinemas=(stage.cinema,))
    preview = page("salesfile_preview")
    assert _signed_in(colleague).get(preview).status_code == 404

    kept(desk)

    assert desk.post(preview).status_code in (302, 404)
    assert Reconciliation.objects.count() == 1


def test_who_may_neither_import_nor_fix(stage: Stage, chandra: User, desk: Client, quickshow: Channel) -> None:
    upload(desk, quickshow, lines(stage, "QS-1,A1"))
    look(desk)
    row = kept(desk)
    elsewhere = cast.make_stage(name="Rara Cinema")
    stranger = _signed_in(cast.make_user("else@example.com", role="manager", cinemas=(elsewhere.cinema,)))
    counter = _signed_in(chandra)

    assert counter.get(reverse("admin:seatsync_salesfile_add")).status_code == 403
    assert fix(counter, row, "A1").status_code == 403
    assert counter.get(page("reconciliation_change", row)).status_code in (302, 403)
    assert stranger.post(page("reconciliation_fix", row), {"seats": ["A1"]}).status_code == 404
    assert upload(stranger, quickshow, lines(stage, "QS-1,A1")).context["form"].errors
    assert stage.states()["A1"] == "AVAILABLE"


def test_comparisons_of_the_api_have_the_same_buttons(desk: Client, stage: Stage) -> None:
    token = cast.moviepass(stage)
    sent = {"showtimeId": stage.path, "sales": [{"bookingReference": "MP-1", "seats": ["A1"]}]}
    made = Api(token).post("/seat-sync/reconcile", sent).json()["reconciliationId"]

    fix(desk, Reconciliation.objects.get(pk=made), "A1")

    told = Api(token).get(f"/seat-sync/reconciliations/{made}").json()
    assert (told["unfixed"], told["differences"][0]["fixed"]["outcome"]) == (0, "applied")
    assert "Devi" not in str(told)
    assert Api(token).post("/seat-sync/reconcile", sent).json()["agreed"] == 1


def _sell(stage: Stage, channel: Channel, reference: str, *seats: str, source: str = "OTHER_PLATFORM") -> None:
    """By a file, once: nothing else reaches a platform without an API."""
    boss = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("b@example.com", "x")
    desk = _signed_in(boss)
    upload(desk, channel, lines(stage, *(f"{reference},{seat}" for seat in seats)))
    look(desk)
    row = kept(desk)
    fix(desk, row, *seats)
    Reconciliation.objects.all().delete()


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
