"""The page on which anybody can tell the operator of a misuse."""

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from facedetect.addresses import address_of
from facedetect.catalogue import built_in
from facedetect.models import Report, Tally
from facedetect.models.operator import CONTACT_LENGTH

MOST_PER_HOUR = 6
_HOUR = timedelta(hours=1)
#: What a link to the form may fill in, and how much of it.
_KNOWN = {"face": 64, "where": 500}


class ReportForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    what = forms.CharField(
        label="What is wrong",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="For instance: this is my face, and I did not agree.",
    )
    where = forms.CharField(
        label="Where you saw it",
        max_length=_KNOWN["where"],
        required=False,
        help_text="An address, or what helps to find it. May be left empty.",
    )
    contact = forms.CharField(
        label="How to reach you",
        max_length=CONTACT_LENGTH,
        required=False,
        help_text="Only if you would like an answer.",
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )
    face = forms.CharField(max_length=_KNOWN["face"], required=False, widget=forms.HiddenInput)

    class Meta:
        model = Report
        fields = ("what", "where", "contact", "face")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """`?face=` and `?where=` say what it is about."""
    if request.method != "POST":
        known = {name: request.GET.get(name, "")[:length] for name, length in _KNOWN.items()}
        return _form_page(request, ReportForm(initial=known))
    form = ReportForm(request.POST)
    if form.is_valid():
        if _may_report(request):
            form.save()
            return redirect("reported")
        form.add_error(None, "Many reports came from your address within the hour. This one was not taken; try again later.")
    return _form_page(request, form, status=400)


def _form_page(request: HttpRequest, form: ReportForm, status: int = 200) -> HttpResponse:
    face = form["face"].value()
    about = next((known["name"] for known in built_in() if known["id"] == face), face)
    return render(request, "report.html", {"form": form, "about": about}, status=status)


@require_safe
def reported(request: HttpRequest) -> HttpResponse:
    return render(request, "reported.html")


def _may_report(request: HttpRequest) -> bool:
    """Counts by address, of which only a digest is kept."""
    return Tally.objects.add(f"reports from {address_of(request)}", _HOUR) <= MOST_PER_HOUR
