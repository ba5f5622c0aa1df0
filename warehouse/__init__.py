"""Storage and transformation: landing zone, raw load, SQL models, published file. Knows no source and no orchestrator."""
