"""What holds the house together: settings, addresses, the timetable, starting and stopping."""
