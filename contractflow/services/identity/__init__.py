"""Who somebody is: addresses that are proved by a mailed link, passwords, and what the door asks about both."""
