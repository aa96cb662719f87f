"""Pages and API: Django by WSGI, under granian."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from showsewa.warming import warm

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "showsewa.settings")

# A thread that comes back from the database waits for the interpreter until another has had its turn: 5 ms by
# default, eight times a hold. Shorter turns gave half as many holds again (292 to 440 a second, one after the other).
sys.setswitchinterval(0.0005)

application = get_wsgi_application()
warm()
