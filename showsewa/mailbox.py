"""Demo and test mail: each message is one .eml file that any mail program opens."""

from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from showsewa import ids


class EmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages: list[EmailMessage]) -> int:  # type: ignore[override]
        folder = Path(settings.MAILBOX)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            path = folder / f"{ids.uuid7()}.eml"
            half = path.with_suffix(".part")  # nobody reads a half-written mail
            half.write_bytes(message.message().as_bytes())
            half.rename(path)
        return len(email_messages)
