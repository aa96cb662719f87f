"""Kernel tables: who signs in, which answers were given to which Idempotency-Key, when each job last ran."""

from typing import Any, ClassVar

import pghistory
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from showsewa import ids


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **(fields | {"is_staff": True, "is_superuser": True}))

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


@pghistory.track(exclude=["password", "last_login", "city", "party", "digits"])
class User(AbstractUser):
    """Signs in by e-mail. Staff see only the cinemas they belong to (`Cinema.staff`), superusers all."""

    username = None  # type: ignore[assignment]
    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    email = models.EmailField(_("e-mail"), unique=True, error_messages={"unique": _("This e-mail is taken.")})
    phone = models.CharField(_("phone"), max_length=24, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    # As their browsers' cookies say too (showsewa/tastes.py): the digits of Nepali pages, and how they look for seats.
    digits = models.CharField(_("digits"), max_length=4, blank=True, default="", db_default="")
    city = models.CharField(_("city"), max_length=80, blank=True, default="", db_default="")
    party = models.PositiveSmallIntegerField(_("how many you are"), null=True, blank=True)
    # What they are told beside what they need to know.
    wants_reminders = models.BooleanField(_("reminders"), default=True, db_default=True)
    wants_sms = models.BooleanField(_("SMS"), default=True, db_default=True)
    wants_openings = models.BooleanField(_("sales of favourite movies"), default=True, db_default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower_case")
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()


class StoredAnswer(models.Model):
    """What an Idempotency-Key was answered. Written in the transaction of the change it answers for."""

    actor = models.CharField(max_length=120)
    key = models.CharField(max_length=255)
    route = models.CharField(max_length=120)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["actor", "key", "route"], name="stored_answer_unique"),
        ]
        # The purge reads by age.
        indexes: ClassVar = [models.Index(fields=["created_at"], name="stored_answer_age")]

    def __str__(self) -> str:
        return f"{self.actor} {self.key}"


class Heartbeat(models.Model):
    """When a job last ran to its end, and what it did. A silent job is seen here, not by its absence of e-mail."""

    job = models.CharField(max_length=80, primary_key=True)
    beaten_at = models.DateTimeField()
    did = models.IntegerField(default=0, help_text=_("How many things the last run did."))
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.job
