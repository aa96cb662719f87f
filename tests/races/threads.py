"""Many at once: real threads, real connections, one starting gun."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import IntegrityError, OperationalError, connection, connections

from showsewa.refusals import Refusal

T = TypeVar("T")


def at_once(works: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Run every work in a thread of its own, all released together; a refusal or database error is its result."""
    gun = threading.Barrier(len(works))

    def run(work: Callable[[], T]) -> T | Exception:
        try:
            gun.wait(30)
            return work()
        except (Refusal, IntegrityError, OperationalError) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def winners(results: Sequence[T | Exception]) -> list[T]:
    return [result for result in results if not isinstance(result, Exception)]


class without_last_defence:
    """Drop the index that forbids two live tickets on a seat, so that a negative control shows what it would let in."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX ticket_one_live_per_seat")

    def __exit__(self, *_error: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM bookings_ticket")
            cursor.execute(
                "CREATE UNIQUE INDEX ticket_one_live_per_seat ON bookings_ticket (show_seat_id)"
                " WHERE released_at IS NULL"
            )
