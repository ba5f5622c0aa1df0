"""Source systems, read through their official clients. Nothing here knows of storage, SQL or Dagster."""
