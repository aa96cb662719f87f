"""E-mails to the people behind a channel: short, in English, about their integration."""

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from seatsync.models import ChannelNotice


def send(notice: ChannelNotice) -> None:
    """For `promises.keep`. Twice the same Message-ID is one mail to its reader."""
    facts = {
        "channel": notice.channel,
        "about": notice.about,
        "base_url": settings.BASE_URL,
        "days": settings.ANNOUNCEMENTS_KEPT_DAYS,
    }
    name = f"emails/{notice.kind.lower()}"
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    EmailMessage(
        subject=" ".join(render_to_string(f"{name}.subject.txt", facts | notice.facts).split()),
        body=render_to_string(f"{name}.txt", facts | notice.facts).strip() + "\n",
        to=[notice.channel.contact],
        headers={"Message-ID": f"<{notice.pk.hex}@{domain}>", "Auto-Submitted": "auto-generated"},
    ).send()
