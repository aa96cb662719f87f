"""Websockets only, in a process of their own: ASGI costs every HTTP request a millisecond, WSGI has no sockets."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "showsewa.settings")

http = get_asgi_application()  # loads the apps, so it comes before the imports that need them

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import OriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import path  # noqa: E402

from seatsync.consumers import SeatMap  # noqa: E402

sockets = URLRouter([path("ws/showtimes", SeatMap.as_asgi())])

application = ProtocolTypeRouter({"http": http, "websocket": OriginValidator(sockets, settings.WS_ORIGINS)})
