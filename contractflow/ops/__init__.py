"""Running ContractFlow on one machine: its own servers, the supervisor, the front-end build, the test run."""
