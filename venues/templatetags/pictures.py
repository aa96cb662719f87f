"""Where a movie's picture is."""

from django import template
from django.core.files.storage import default_storage
from django.urls import reverse

from venues import posters
from venues.models import Movie

register = template.Library()


@register.filter
def poster_url(movie: Movie) -> str:
    """The stored picture, else the drawn one; either address may be cached for ever."""
    if movie.poster_key:
        return str(default_storage.url(movie.poster_key))
    drawn = posters.of(movie)
    return f"{reverse('poster', args=[movie.pk])}?v={drawn.mark}"
