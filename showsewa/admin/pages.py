"""A page with one form and one core call, for changes that are more than editing a row."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from unfold.views import UnfoldModelAdminViewMixin
from unfold.widgets import UnfoldAdminTextInputWidget

from showsewa import history, problems
from showsewa.actors import Actor
from showsewa.admin.base import actor as acting
from showsewa.admin.base import person
from showsewa.refusals import Refusal


class DeskPage(UnfoldModelAdminViewMixin, FormView):
    """Parse, one core call, render. A refusal becomes an error of the form, with its places where it names some.

    The object comes through the admin's own queryset, so that another cinema's row is not found.
    """

    form_class: Any = forms.Form
    template_name = "admin/desk_page.html"
    permission_required: Any = ()
    title: Any = ""
    submit_label: Any = _("Save")
    is_dangerous = False
    lead: Any = ""

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        """Call the core; return what to tell the person."""
        raise NotImplementedError

    @cached_property
    def object(self) -> Any:
        key = self.kwargs.get("object_id")
        if key is None:
            return None
        row = self.model_admin.get_object(self.request, key)
        if row is None:
            raise Http404
        return row

    def has_permission(self) -> bool:
        return super().has_permission() and self.object is not False

    def get_success_url(self) -> str:
        return self.address_of("change", self.object.pk) if self.object else self.address_of("changelist")

    def address_of(self, page: str, *args: Any) -> str:
        opts = self.model_admin.opts
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=args)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with history.signed(person(self.request).email):
                said = self.perform(form.cleaned_data, acting(self.request))
        except (Refusal, OperationalError, IntegrityError) as error:
            refusal = problems.as_refusal(error)
            if refusal is None:
                raise
            return self.refused(form, refusal)
        if isinstance(said, HttpResponse):
            return said
        messages.success(self.request, said)
        return HttpResponseRedirect(self.get_success_url())

    def refused(self, form: Any, refusal: Refusal) -> HttpResponse:
        form.add_error(None, str(refusal.message))
        faults = refusal.facts.get("errors", [])
        return self.render_to_response(self.get_context_data(form=form, faults=faults), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "opts": self.model_admin.opts,
            "original": self.object,
            "object": self.object,
            "submit_label": self.submit_label,
            "is_dangerous": self.is_dangerous,
            "lead": self.lead,
            "facts": self.facts(),
            "back": self.get_success_url(),
        }

    def facts(self) -> Sequence[tuple[Any, Any]]:
        """[(name, value)] shown above the form."""
        return ()

    @classmethod
    def show(cls, model_admin: Any, request: HttpRequest, object_id: str | None = None) -> Any:
        """As the body of an admin action: its address is the page."""
        return cls.as_view(model_admin=model_admin)(request, object_id=object_id)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=255, widget=UnfoldAdminTextInputWidget, help_text=_("Kept in the journal.")
    )
