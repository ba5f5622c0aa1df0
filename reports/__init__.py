"""What people read, made from the marts of the published warehouse and nothing else."""
