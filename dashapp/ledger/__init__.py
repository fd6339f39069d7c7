"""Small durable records that all processes share: items, jobs, counters."""
