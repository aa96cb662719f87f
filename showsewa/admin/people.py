"""People: staff sign in by e-mail, work in roles (groups), at cinemas. Nobody raises anyone above themselves."""

from typing import Any

from allauth.account.admin import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectMultipleWidget

from showsewa import history
from showsewa.admin.base import DeskAdmin, Evidence, SharedAmongCinemas, person
from showsewa.models import User
from venues.models import Cinema

# allauth's own page could call any address proved, and so hand a guest's bookings to anybody.
admin.site.unregister([Group, EmailAddress])


class _AtCinemas(forms.ModelForm):
    cinemas = forms.ModelMultipleChoiceField(
        queryset=Cinema.objects.none(), required=False, label=_("Cinemas"), widget=UnfoldAdminSelectMultipleWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "cinemas" in self.fields:
            self.fields["cinemas"].initial = self.instance.cinemas.all()


class NewPersonForm(_AtCinemas, UserCreationForm):
    class Meta:
        model = User
        fields = ("email",)


class PersonForm(_AtCinemas, UserChangeForm):
    pass


@admin.register(User)
class UserAdmin(SharedAmongCinemas, DjangoUserAdmin, DeskAdmin):  # type: ignore[misc]
    form, add_form, change_password_form = PersonForm, NewPersonForm, AdminPasswordChangeForm
    list_display = ("email", "full_name", "roles", "at", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "groups", "cinemas")
    search_fields = ("email", "first_name", "last_name", "phone")
    ordering = ("email",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password", "first_name", "last_name", "phone", "language")}),
        (_("Work"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "cinemas")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "password1", "password2", "first_name", "last_name", "phone")}),
        (_("Work"), {"fields": ("is_staff", "groups", "cinemas")}),
    )
    # Django's user admin brings its own transaction; ours would have to be the outer one.
    changeform_view = ModelAdmin.changeform_view

    @admin.display(description=_("name"), ordering="first_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    @admin.display(description=_("cinemas"))
    def at(self, user: User) -> Any:
        return _("everywhere") if user.is_superuser else ", ".join(cinema.name for cinema in user.cinemas.all())

    def bound(self, rows: QuerySet, user: Any) -> QuerySet:
        return super().bound(rows, user) | rows.filter(pk=user.pk) if not user.is_superuser else rows

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("groups", "cinemas")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return _without(super().get_fieldsets(request, obj), set() if request.user.is_superuser else {"is_superuser"})

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["queryset"] = Group.objects.filter(pk__in=[group.pk for group in grantable(request.user)])
            kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if "cinemas" in form.base_fields:
            cinemas = Cinema.objects.all() if request.user.is_superuser else person(request).cinemas.all()
            form.base_fields["cinemas"].queryset = cinemas
        return form

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not _can_do_more(obj, request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        history.sign(person(request).email)
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:  # what was proved was another address
            EmailAddress.objects.filter(user=obj).delete()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "cinemas" in form.cleaned_data:
            form.instance.cinemas.set(form.cleaned_data["cinemas"])

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return DeskAdmin.response_add(self, request, obj, post_url_continue)


@admin.register(Group)
class GroupAdmin(Evidence, DjangoGroupAdmin, ModelAdmin):
    """Roles are written in showsewa/roles.py and made so by `sync_roles`; here they can be read."""

    list_display = ("name", "people", "permission_count")
    fields = ("name", "permission_names")
    readonly_fields = ("permission_names",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("permissions__content_type", "user_set")

    @admin.display(description=_("people"))
    def people(self, group: Group) -> int:
        return len(group.user_set.all())

    @admin.display(description=_("permissions"))
    def permission_count(self, group: Group) -> int:
        return len(group.permissions.all())

    @admin.display(description=_("permissions"))
    def permission_names(self, group: Group) -> str:
        return "\n".join(sorted(one.name for one in group.permissions.all()))


def grantable(user: Any) -> list[Group]:
    """The roles a person may give to others: none that can do more than they can."""
    groups = list(Group.objects.prefetch_related("permissions__content_type"))
    if user.is_superuser:
        return groups
    return [group for group in groups if _names(group) <= user.get_all_permissions()]


def _can_do_more(other: User, user: Any) -> bool:
    if user.is_superuser:
        return False
    return other.is_superuser or not set(other.get_all_permissions()) <= set(user.get_all_permissions())


def _names(group: Group) -> set[str]:
    return {f"{one.content_type.app_label}.{one.codename}" for one in group.permissions.all()}


def _without(fieldsets: Any, hidden: set[str]) -> list[Any]:
    return [
        (title, options | {"fields": tuple(name for name in options["fields"] if name not in hidden)})
        for title, options in fieldsets
    ]
