"""Dagster and the command line: settings, assets, jobs, schedules. Thin: no SQL, no HTTP, no arithmetic."""
