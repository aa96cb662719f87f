"""Real gateways, as far as they can be had: small servers as strict as the companies document themselves."""
