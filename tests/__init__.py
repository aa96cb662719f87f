"""The tests mirror the apps: tests/<app>/test_<module>.py. Races, flows and pages stand beside them."""
