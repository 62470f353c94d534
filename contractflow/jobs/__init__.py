"""Where the workers begin: each job opens a unit of work and calls a service."""
