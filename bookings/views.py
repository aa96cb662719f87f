"""The bookings pages: parse, one call, render."""
