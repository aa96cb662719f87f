"""Running ShowSewa on one machine: embedded servers, the processes, `make up` and `make down`.

Nothing here imports Django settings, and nothing of the site imports this package.
"""
