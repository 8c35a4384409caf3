"""What pages for people stand on, on organizations' hosts and on the platform's."""
