"""What the command line prints for people: tables in the terminal."""
