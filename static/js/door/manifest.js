// Who sits where, and who is in: found by seat, name or reference.

const MOST = 8;

export class Manifest {
  tickets = [];

  replace(tickets) {
    this.tickets = tickets;
  }

  /** Those who fit what was typed; a seat named exactly stands alone. */
  find(text) {
    const wanted = plain(text);
    if (!wanted) return [];
    const exact = this.tickets.filter((ticket) => plain(ticket.seat) === wanted);
    return exact.length ? exact : this.tickets.filter((ticket) => words(ticket).includes(wanted)).slice(0, MOST);
  }

  mark(ticketId, at) {
    const found = this.tickets.find((ticket) => ticket.ticketId === ticketId);
    if (found) found.checkedInAt = at;
  }

  /** The newest entries, the last one first. */
  latest(most) {
    const entered = this.tickets.filter((ticket) => ticket.checkedInAt);
    return entered.sort((one, other) => other.checkedInAt.localeCompare(one.checkedInAt)).slice(0, most);
  }
}

function words({ seat, name, reference, externalReference }) {
  return [seat, name, reference, externalReference].map(plain).join("\n");
}

function plain(text) {
  return text.trim().toLowerCase();
}
