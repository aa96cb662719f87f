"""`make bench`: the hot paths beside their yardsticks, in one run. Timings are quoted, never asserted."""
