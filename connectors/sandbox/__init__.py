"""The hosted systems played on loopback over one believable ML program, for the demo and the tests."""
