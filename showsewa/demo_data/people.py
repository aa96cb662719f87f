"""The demo's staff, one customer, channels with their keys, and a promo code."""

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.utils import timezone

from bookings.models import PromoCode
from seatsync import channels
from seatsync.models import Channel
from showsewa import demo, roles
from showsewa.demo_data.cinemas import CINEMAS, CONCERT_SLUG
from showsewa.models import User
from venues.models import Cinema

_NAMES = {
    "admin": ("Anil", "Basnet"),
    "manager": ("Devi", "Shrestha"),
    "counter": ("Chandra", "Rai"),
    "customer": ("Asha", "Gurung"),
}


def build_people() -> dict[str, User]:
    """By their key in demo.ACCOUNTS. The clerk works in one house; the manager has all but the concert hall."""
    people: dict[str, User] = {}
    for key, login in demo.ACCOUNTS.items():
        first, last = _NAMES[key]
        create = User.objects.create_superuser if key == roles.ADMIN else User.objects.create_user
        is_staff = key in roles.PERMISSIONS
        people[key] = create(login["email"], login["password"], first_name=first, last_name=last, is_staff=is_staff)
        EmailAddress.objects.create(user=people[key], email=login["email"], verified=True, primary=True)
        if is_staff:
            people[key].groups.add(Group.objects.get(name=key))
    people["counter"].cinemas.set(Cinema.objects.filter(slug=CINEMAS[0].slug))
    people["manager"].cinemas.set(Cinema.objects.exclude(slug=CONCERT_SLUG))
    return people


def build_channels() -> None:
    """Their keys are the ones of demo.CHANNELS, so that programs find them in var/run.json."""
    for facts in demo.CHANNELS.values():
        channel = Channel.objects.create(name=facts["name"], kind=facts["kind"], sources=facts["sources"])
        channel.cinemas.set(Cinema.objects.all())
        channels.issue_key(channel, scopes=facts["scopes"], token=facts["token"], now=timezone.now())


def build_promo() -> None:
    PromoCode.objects.create(code="SAVE20", percent=20)
