"""Online lessons: from the timetable to calendar events whose meetings are set up safely and record themselves."""
