"""Pages and API: Django by WSGI, under granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "showsewa.settings")

application = get_wsgi_application()
