"""Edge: what is on, and making venues, halls, events and showtimes, over HTTP."""
