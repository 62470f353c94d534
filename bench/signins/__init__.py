"""What sign-ins cost everybody else."""
