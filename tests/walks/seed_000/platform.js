// When BookMyShow or other platform books seats
const syncBooking = async (externalBooking) => {
  await fetch('/api/seat-sync/bulk-update', {
    method: 'POST',
    headers: { 'Authorization': `Bearer ${platformToken}` },
    body: JSON.stringify({
      showtimeId: externalBooking.showtimeId,
      seatUpdates: externalBooking.seats.map(seat => ({
        seatNumber: seat.number,
        status: 'BOOKED',
        bookingSource: 'OTHER_PLATFORM',
        bookingReference: externalBooking.reference,
        timestamp: new Date().toISOString()
      }))
    })
  });
};
