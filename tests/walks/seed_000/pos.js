// When theater sells ticket at counter
const updateSeats = async (showtimeId, seatNumbers) => {
  const response = await fetch('/api/seat-sync/bulk-update', {
    method: 'POST',
    headers: {
      'Authorization': `Bearer ${theaterToken}`,
      'Content-Type': 'application/json'
    },
    body: JSON.stringify({
      showtimeId,
      seatUpdates: seatNumbers.map(seatNumber => ({
        seatNumber,
        status: 'BOOKED',
        bookingSource: 'WALK_IN',
        bookingReference: `POS-${Date.now()}`,
        timestamp: new Date().toISOString()
      }))
    })
  });
};
