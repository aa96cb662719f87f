"""The demo: a cinema chain of our own invention in real Nepali cities. `manage.py seed` puts it on sale."""
